"""The drill with planted secrets: made-up keys, the project's own scanner, and what it finds."""
