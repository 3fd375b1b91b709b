"""What a release says of its own backups: schedules, jobs, the restore document, promises."""
