"""Observers of gate ``streaming``: the only modules here that perform I/O."""
