"""Files that gates share, parsed once a run, with the place of everything they hold."""
