"""Damage a sound store on purpose, in the ways in which snapshots of Chroma are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from golive_gates.recovery.chroma.records import DATABASE, Catalogue, Collection, Files
from golive_gates.recovery.chroma.restoring import copied
from golive_gates.recovery.chroma.segments import PICKLE, VECTORS, middle
from golive_gates.recovery.sqlite.opening import opened
from golive_gates.recovery.sqlite.restoring import copy
from golive_gates.recovery.stopping import Stop

Damage = Literal[
    "missing-vectors",
    "missing-metadata",
    "halved-vectors",
    "hollow-vectors",
    "truncated",
    "stale",
    "empty",
]
OF_FILES: tuple[Damage, ...] = (
    *("missing-vectors", "missing-metadata", "halved-vectors", "hollow-vectors"),
)
"""Damages of a vector segment's files, which a store has once as many records were written."""


def wanted(seen: Catalogue) -> tuple[Damage, ...]:
    """The damages that can be done to a store. Without records, nothing can be lost of it."""
    if not seen.records:
        return ("truncated", "empty")
    files: tuple[Damage, ...] = OF_FILES if target(seen) is not None else OF_FILES[:1]
    return (*files, "truncated", "stale", "empty")


def target(seen: Catalogue) -> Collection | None:
    """The collection with the most vectors in files."""
    with_files = [c for c in seen.collections if c.files is not None and c.indexed]
    return max(with_files, key=lambda c: c.indexed, default=None)


def damaged(
    damage: Damage, sound: Path, seen: Catalogue, out: Path, older: float, stop: Stop
) -> None:
    """Make in *out* a copy of *sound*, of which *seen* was read, with *damage*.

    ``older``: seconds by which the records of the stale copy are older. The folders of other
    segments are links to the sound ones. Raises ``LookupError`` where it is not known how vectors
    lie in their file, ``OSError``, ``sqlite3.Error`` and ``Stopped``.
    """
    out.mkdir(mode=0o700)
    chosen = target(seen)
    segment = chosen.vector if chosen is not None else ""
    touched = segment if damage in OF_FILES else ""
    for path in sorted(p for p in sound.iterdir() if p.is_dir()):
        if path.name != touched:
            (out / path.name).symlink_to(path, target_is_directory=True)
    database = out / DATABASE
    if damage == "empty":
        database.touch()
        return
    copy(sound / DATABASE, database, stop)
    if damage == "truncated":
        with database.open("r+b") as stream:
            stream.truncate(database.stat().st_size // 2)
    elif damage == "stale":
        _aged(database, older, stop)
    elif not segment:
        _emptied_queue(database, stop)
    elif damage != "missing-vectors":
        (out / segment).mkdir(mode=0o700)
        but = PICKLE if damage == "missing-metadata" else ""
        copied(sound / segment, out / segment, stop, but=but)
        if damage in _FILES:
            vectors = out / segment / VECTORS
            half = middle(vectors, _files(chosen), stop)
            _FILES[damage](vectors, half)


def _files(chosen: Collection | None) -> Files:
    return Files() if chosen is None or chosen.files is None else chosen.files


def _halved(path: Path, half: int) -> None:
    with path.open("r+b") as stream:
        stream.truncate(half)


def _hollow(path: Path, half: int) -> None:
    """As long as before, with zeros for half of its vectors: a copy that was not finished."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.truncate(half)
        stream.truncate(size)


def _aged(database: Path, older: float, stop: Stop) -> None:
    with opened(database, "rw", stop) as connection:
        connection.execute(
            "UPDATE embeddings SET created_at = datetime(created_at, ?)",
            (f"-{int(older)} seconds",),
        )


def _emptied_queue(database: Path, stop: Stop) -> None:
    with opened(database, "rw", stop) as connection:
        connection.execute("DELETE FROM embeddings_queue")


_FILES: Mapping[Damage, Callable[[Path, int], None]] = {
    "halved-vectors": _halved,
    "hollow-vectors": _hollow,
}
