"""``golive.yaml``: strict loader to frozen dataclasses, and its JSON Schema."""
