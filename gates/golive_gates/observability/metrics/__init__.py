"""What the target exposes to Prometheus: reading it, and what each metric is for."""
