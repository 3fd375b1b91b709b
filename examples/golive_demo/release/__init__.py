"""The release folder of the reference generator: data, and the scripts of its backups."""
