"""Checks of gate ``recovery``, one a file."""
