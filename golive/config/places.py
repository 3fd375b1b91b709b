"""Where a configuration value was written: in the file, or in an override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.model import Location
from golive.sources.yaml import KeyPath, Positions


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem that still lies at a path of the data. ``key``: the key is meant, not its value."""

    path: KeyPath
    message: str
    hint: str | None = None
    key: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """Positions of a file under the origins of overrides, which win."""

    positions: Positions
    overridden: Mapping[KeyPath, Location] = field(default_factory=dict)

    def at(self, path: KeyPath, key: bool = False) -> Location:
        """Place of the value at *path*, or of its key."""
        return self._override(path) or self.positions.at(path, key)

    def source_text(self, path: KeyPath) -> str | None:
        """An unquoted scalar as it is written in the file; ``None`` for anything else."""
        if self._override(path) is not None:
            return None
        scalar = self.positions.scalar(path)
        return scalar.text if scalar is not None and scalar.plain else None

    def _override(self, path: KeyPath) -> Location | None:
        for end in range(len(path), 0, -1):
            if path[:end] in self.overridden:
                return self.overridden[path[:end]]
        return None


def dotted(path: KeyPath) -> str:
    """``target.services[0].url``; empty for the top."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
