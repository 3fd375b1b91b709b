"""Scanners of the release that look away."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = ()
