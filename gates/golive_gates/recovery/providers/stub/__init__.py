"""A stand-in for model providers on loopback, with faults on demand and a journal."""
