"""The live half of gate ``observability``: the Prometheus and Alertmanager that run."""
