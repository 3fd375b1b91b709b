"""Observers of gate ``recovery``, one kind of I/O a file."""
