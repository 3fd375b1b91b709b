"""What Prometheus scrapes by monitors, and which Prometheus looks at them."""
