"""SQLite: a backup restored, proven, and damaged on purpose."""
