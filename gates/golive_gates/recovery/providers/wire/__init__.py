"""The wire formats of model providers as plain data: no I/O and no clock."""
