"""From a snapshot to a folder that chromadb can open, in a scratch place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from golive_gates.recovery.archives.limits import Refused
from golive_gates.recovery.archives.shapes import ARCHIVES, HEAD, unread
from golive_gates.recovery.archives.unpacking import unpack
from golive_gates.recovery.backups.records import Backup
from golive_gates.recovery.chroma.records import DATABASE
from golive_gates.recovery.sqlite.restoring import CannotRestore, Place, copy
from golive_gates.recovery.stopping import Stop

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Restored:
    """``folder``: the one with the database. ``digests``: SHA-256 by path below it."""

    folder: Path
    digests: Mapping[str, str] = field(default_factory=dict)


def restore(backup: Backup, source: Path, place: Place) -> Restored:
    """Fetch and unpack *source*, which is *backup*.

    Raises ``CannotRestore``, ``OSError`` and ``Stopped``.
    """
    fetched = place.folder / "fetched"
    digests: dict[str, str] = {}
    with place.watch.phase("fetch"):
        fetched.mkdir(mode=0o700)
        if backup.shape == "folder":
            digests = copied(source, fetched, place.stop)
        elif backup.shape in ARCHIVES:
            copy(source, fetched / source.name, place.stop)
        elif backup.shape == "empty":
            raise CannotRestore("chroma-empty", source.name)
        else:
            # What is merely packed otherwise may well be whole; a database alone is a store that
            # lost its vectors, or was never one.
            raise CannotRestore(*_closed(source))
    folder = fetched
    with place.watch.phase("unpack"):
        if backup.shape in ARCHIVES:
            folder = place.folder / "unpacked"
            folder.mkdir(mode=0o700)
            try:
                unpack(fetched / source.name, backup.shape, folder, place.limits, place.stop)
            except Refused as error:
                raise CannotRestore(error.code, error.detail) from None
            (fetched / source.name).unlink()
    root = _root(folder)
    if not digests:
        digests = {p: _sha256(root / p, place.stop) for p in _files(root)}
    return Restored(root, digests)


def copied(source: Path, target: Path, stop: Stop, *, but: str = "") -> dict[str, str]:
    """Copy a folder's files, the one called *but* aside; their SHA-256 by path.

    Raises ``CannotRestore`` for a link, ``OSError`` and ``Stopped``.
    """
    digests = {}
    for path in sorted(source.rglob("*")):
        if path.is_symlink():
            raise CannotRestore("archive-link", path.name)
        inside = path.relative_to(source)
        if path.is_dir():
            (target / inside).mkdir(mode=0o700)
        elif path.is_file() and inside.as_posix() != but:
            digests[inside.as_posix()] = copy(path, target / inside, stop)
    return digests


def _closed(source: Path) -> tuple[str, str]:
    """Why the file *source* does not become a folder: code and detail."""
    with source.open("rb") as stream:
        head = stream.read(HEAD)
    return unread(head, source.name) or ("chroma-no-folder", source.name)


def _root(folder: Path) -> Path:
    """The folder that holds the database, at most as deep as ``data/chroma/...``."""
    found = sorted(p.parent for p in folder.glob(f"**/{DATABASE}") if p.is_file())
    if len(found) > 1:
        raise CannotRestore("chroma-which", ", ".join(p.name for p in found[:5]))
    if not found:
        held = [p.name for p in sorted(folder.rglob("*")) if p.is_file()]
        raise CannotRestore("chroma-absent" if held else "chroma-empty", ", ".join(held[:5]))
    return found[0]


def _files(root: Path) -> list[str]:
    return [p.relative_to(root).as_posix() for p in sorted(root.rglob("*")) if p.is_file()]


def _sha256(path: Path, stop: Stop) -> str:
    hashed = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            stop.check()
            hashed.update(piece)
    return hashed.hexdigest()
