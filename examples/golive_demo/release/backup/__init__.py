"""Backup and restore of the reference generator's stores."""
