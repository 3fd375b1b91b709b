"""Security gates of the release that cannot fail, or that nothing waits for."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = ()
