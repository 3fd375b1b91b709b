"""Shell scripts of pipelines: which commands they run, and whether a failure of one stops them."""
