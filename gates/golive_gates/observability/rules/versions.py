"""Which version of Prometheus knows what."""

from __future__ import annotations

BASE = "2.42"
"""What this version knows is taken to be known everywhere."""


def knows(version: str | None, since: str) -> bool | None:
    """Whether Prometheus *version* has what came with *since*; ``None`` where it is not told."""
    if _parts(since) <= _parts(BASE):
        return True
    return None if version is None else _parts(version) >= _parts(since)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(p) for p in version.removeprefix("v").split("."))[:2]
