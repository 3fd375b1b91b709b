"""Alerting and recording rules: how they are read, and what their expressions say."""
