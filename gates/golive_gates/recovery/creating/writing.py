"""Files that appear under their name only when they are whole and on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def draft(final: Path) -> Iterator[Path]:
    """A fresh file beside *final* to write to; unless it was settled, it is gone afterwards.

    Raises ``OSError``; ``FileExistsError`` when somebody writes the same one right now.
    """
    path = final.with_name(f".{final.name}.partial")
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        said = "another process writes it right now, or did so within this second"
        raise FileExistsError(error.errno, said, str(path)) from None
    try:
        yield path
    finally:
        # SQLite may have left its own files beside it.
        for end in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def settle(path: Path, final: Path) -> None:
    """Let the draft *path* become *final*, once it is on the disk. Raises ``OSError``."""
    synced(path)
    path.replace(final)
    synced(final.parent)


def synced(path: Path) -> None:
    """Wait until *path*, a file or a folder, is on the disk. Raises ``OSError``."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
