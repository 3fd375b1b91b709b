"""One check a file: its spec and its pure judge."""
