"""Gate 2 from files: what proxies, controllers and workloads are configured to do to a stream."""
