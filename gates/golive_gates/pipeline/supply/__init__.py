"""What pipelines build on: actions, tokens, images, packages, and what they say of their work."""
