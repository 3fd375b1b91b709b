"""Declared backups: what there is, from when, and what their manifests say."""
