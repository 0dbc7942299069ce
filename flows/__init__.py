"""When, in what order, and for whom: settings, wiring, the flow of one dossier, the resident process."""
