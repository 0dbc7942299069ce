"""Where pictures come from: files, the hot folder, sample dossiers."""
