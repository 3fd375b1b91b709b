"""Pipelines as data: workflows, jobs, steps, and how they hang together."""
