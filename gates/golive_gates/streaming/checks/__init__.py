"""Checks of gate ``streaming``, one file each."""
