"""How the service behaves when it is well and when it is not, as Prometheus would see it."""
