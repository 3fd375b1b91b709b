"""Mistakes in how the images of the release are scanned."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = ()
