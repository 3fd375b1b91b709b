"""What a configuration of gitleaks lets through, tried on made-up keys and paths."""
