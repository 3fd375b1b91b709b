"""Pipeline files against the schemas that check-jsonschema ships."""
