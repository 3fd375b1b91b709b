"""Commands: one thin file each. Data goes to stdout, everything else to stderr."""
