"""Names in pipelines that lead nowhere."""
