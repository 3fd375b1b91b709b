"""A folder for a drill: enough room is seen before it is made, and nothing of it is left."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "golive-recovery-"
OWNER = ".owner"
"""File of a scratch folder that its process holds locked."""

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

    Folders of drills that were killed are removed first. ``None``: the system's own place. Raises
    ``NoSpace`` and ``OSError``.
    """
    place = parent or Path(tempfile.gettempdir())
    clear_stale(place)
    demand_room(place, needed)
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    held = None
    try:
        held = _held(made)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if held is not None:
            os.close(held)


def clear_stale(place: Path) -> None:
    """Remove scratch folders in *place* whose process is gone; what cannot be is left.

    Only this user's own, and only those whose lock nobody holds any more: the system takes it from
    a process however that ended, where a number of a process may be another's by now, or of
    another container.
    """
    try:
        entries = [e for e in os.scandir(place) if e.name.startswith(PREFIX)]
    except OSError:
        return
    for entry in entries:
        with suppress(OSError):
            mine = not entry.is_symlink() and entry.stat().st_uid == os.getuid()
            if mine and entry.is_dir(follow_symlinks=False) and _is_left(Path(entry.path)):
                shutil.rmtree(entry.path, ignore_errors=True)


def _held(folder: Path) -> int | None:
    """A lock on *folder* that lasts as long as this process; ``None`` where there are none."""
    draft = folder / f"{OWNER}.new"
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Without its lock it would be taken for one that was left.
        os.close(handle)
        draft.unlink()
        return None
    # Under its name it is locked already, so that nobody sees it free.
    draft.rename(folder / OWNER)
    return handle


def _is_left(folder: Path) -> bool:
    """Whether *folder* has a lock that nobody holds. Raises ``OSError``."""
    handle = os.open(folder / OWNER, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(handle)
