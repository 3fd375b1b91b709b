"""Scanners by name: how each is called, and what its options mean. One family a file."""
