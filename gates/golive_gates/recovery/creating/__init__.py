"""Making backups: complete, proven, and described by a manifest that is written last."""
