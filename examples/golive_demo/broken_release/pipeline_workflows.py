"""Mistakes in how the workflows of the release are written."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "pipeline.parse",
        ".github/workflows/deploy.yml",
        "permissions: {}\n",
        "permissions: {}\npermissions: {contents: read}\n",
    ),
)
