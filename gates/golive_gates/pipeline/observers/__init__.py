"""Observers of gate `pipeline`."""
