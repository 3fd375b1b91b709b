"""The I/O of gate ``manifests``, one observer a file."""
