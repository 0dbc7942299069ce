"""Where things are kept: spool, checkpoints, archive store, index, ledger, residence register."""
