"""Grafana dashboards: read, held against the metrics, and written for the SLOs."""
