"""The checks of gate ``manifests``, one a file."""
