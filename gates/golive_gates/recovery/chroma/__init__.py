"""Snapshots of Chroma stores: restored, opened by the real chromadb, asked for what they hold."""
