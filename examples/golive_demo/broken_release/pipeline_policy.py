"""Policy files that the release lacks."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = ()
