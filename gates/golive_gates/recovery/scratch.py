"""A folder for a drill: enough room is seen before it is made, and nothing of it is left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESERVE = 64 << 20
"""Bytes that are left to others on the file system."""


class NoSpace(Exception):
    """There is not enough room. ``needed`` and ``free`` are bytes; ``folder`` is where."""

    def __init__(self, folder: str, needed: int, free: int) -> None:
        super().__init__(f"{folder}: {needed} bytes are needed and {free} are free")
        self.folder, self.needed, self.free = folder, needed, free


def demand_room(folder: Path, needed: int) -> None:
    """Raises ``NoSpace`` unless *needed* bytes fit beside the reserve; ``OSError``."""
    free = shutil.disk_usage(folder).free
    if free < needed + RESERVE:
        raise NoSpace(str(folder), needed + RESERVE, free)


@contextmanager
def scratch(parent: Path | None, needed: int = 0) -> Iterator[Path]:
    """A fresh folder below *parent*, readable by its owner alone, gone afterwards.

    ``None``: the system's own place. Raises ``NoSpace`` and ``OSError``.
    """
    place = parent or Path(tempfile.gettempdir())
    demand_room(place, needed)
    made = Path(tempfile.mkdtemp(prefix="golive-recovery-", dir=place))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
