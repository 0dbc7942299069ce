"""What must be true of a dossier: completeness, papers outside the rules, identity."""
