"""Checks of gate `pipeline`, one a file."""
