"""A snapshot of a Chroma store's folder, proven with the real chromadb before it counts."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.chroma import versions
from golive_gates.recovery.chroma.asking import prober
from golive_gates.recovery.chroma.controls import prove
from golive_gates.recovery.chroma.faults import Against, Fault, faults
from golive_gates.recovery.chroma.records import DATABASE, ChromaProof
from golive_gates.recovery.chroma.restoring import copied
from golive_gates.recovery.creating.keeping import MANIFEST, PARTIAL, STAMP, clear_abandoned
from golive_gates.recovery.creating.sqlite import BackupFailed, copy_online, describe
from golive_gates.recovery.creating.writing import synced
from golive_gates.recovery.scratch import demand_room, scratch
from golive_gates.recovery.sqlite.restoring import CannotRestore
from golive_gates.recovery.stopping import Stop

TRIES = 5
"""How often the copy is begun again because vectors were written meanwhile."""

NEVER_OLD = float("inf")
STEM = "chroma"

_Look = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The snapshot that was made. ``records``: of all ``collections``."""

    folder: Path
    manifest: Path
    size: int
    collections: int
    records: int


def snapshot(source: Path, into: Path, now: datetime, stop: Stop) -> Snapshot:
    """Copy the folder *source* of a Chroma store below *into*, prove and describe the copy.

    The vectors are copied file by file and the database through its online backup API; when a
    file of a vector changed meanwhile, all of it is done again, because the two have to be of one
    moment. chromadb is given another copy: it writes to what it opens, and the version that wrote
    a store may not open it any more after a newer one. Nothing of the source is written. Raises
    ``BackupFailed``, ``OSError``, ``NoSpace`` and ``Stopped``.
    """
    # The process with chromadb works in a folder of its own.
    source, into = source.absolute(), into.absolute()
    if not (source / DATABASE).is_file():
        msg = f"{source}: no Chroma store; name the folder that holds {DATABASE}"
        raise BackupFailed(msg)
    into.mkdir(parents=True, exist_ok=True)
    clear_abandoned(into, STEM)
    # What waits in the log of the database is in the copy of it.
    database = [p for p in (source / DATABASE, source / f"{DATABASE}-wal") if p.is_file()]
    size = sum(s for _, s, _ in _look(source)) + sum(p.stat().st_size for p in database)
    demand_room(into, 2 * size)
    moment = now.astimezone(UTC).replace(microsecond=0)
    name = f"{STEM}-{moment.strftime(STAMP)}"
    final, manifest = into / name, into / f"{name}{MANIFEST}"
    if final.exists() or manifest.exists():
        msg = f"{final}: there is one of this second"
        raise BackupFailed(msg)
    try:
        with _draft(final) as folder:
            _copied(source, folder, stop)
            with _draft(final, ".proof") as tried:
                copied(folder, tried, stop)
                proof = _proven(tried, size, now, stop)
            files = _files(folder, stop)
            folder.replace(final)
            synced(into)
    except CannotRestore as error:
        msg = f"{source}: {error}"
        raise BackupFailed(msg) from None
    except sqlite3.Error as error:
        msg = f"{source}: {clean(str(error), 200)}"
        raise BackupFailed(msg) from None
    try:
        describe(manifest, _document(name, moment, proof, files))
    except BaseException:
        shutil.rmtree(final, ignore_errors=True)
        raise
    seen = proof.catalogue
    written = sum(int(str(f["size_bytes"])) for f in files.values())
    return Snapshot(final, manifest, written, len(seen.collections), seen.records)


@contextmanager
def _draft(final: Path, use: str = "") -> Iterator[Path]:
    """A fresh folder beside *final*; unless it was renamed, it is gone afterwards."""
    folder = final.with_name(f".{final.name}{use}{PARTIAL}")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _look(source: Path) -> _Look:
    """Size and time of every file but those of the database."""
    found = []
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source).as_posix()
        if path.is_file() and not inside.startswith(DATABASE):
            seen = path.stat()
            found.append((inside, seen.st_size, seen.st_mtime_ns))
    return tuple(found)


def _copied(source: Path, folder: Path, stop: Stop) -> None:
    for _ in range(TRIES):
        stop.check()
        try:
            before = _look(source)
            copied(source, folder, stop, but=DATABASE)
            for end in ("-wal", "-shm", "-journal"):
                (folder / f"{DATABASE}{end}").unlink(missing_ok=True)
            (folder / DATABASE).touch(mode=0o600, exist_ok=False)
            copy_online(source / DATABASE, folder / DATABASE, stop)
            if _look(source) == before:
                return
        except FileNotFoundError:
            # A segment that was removed meanwhile; the next look is without it.
            pass
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    msg = f"{source}: its vectors were written to during each of {TRIES} copies"
    raise BackupFailed(msg)


def _proven(folder: Path, size: int, now: datetime, stop: Stop) -> ChromaProof:
    """What chromadb makes of the copy, which it searches. Raises ``BackupFailed``."""
    with scratch(None) as place, prober(place, size, stop) as asked:
        proof = prove(folder, asked, stop)
    wrong = [f for f in faults(proof, Against(now.timestamp(), NEVER_OLD)) if not f.slight]
    if wrong:
        listed = "; ".join(_told(f) for f in wrong[:5])
        open_ = all(f.undecided for f in wrong)
        msg = f"the copy {'could not be proven' if open_ else 'is not whole'}: {listed}"
        raise BackupFailed(msg)
    if not proof.catalogue.collections:
        # A path that is mistyped or not mounted: chromadb makes an empty store there.
        raise BackupFailed("the copy is not whole: it holds no collection")
    return proof


def _told(fault: Fault) -> str:
    """A fault in a line; of versions, which ones."""
    said = f"{fault.subject}: {fault.code}"
    if not fault.code.startswith("version-"):
        return said
    made, installed = fault.params["made"], fault.params["installed"]
    return f"{said} (written by {made}; installed is chromadb {installed})"


def _files(folder: Path, stop: Stop) -> dict[str, dict[str, object]]:
    """Size and digest of every file, each on the disk by now."""
    found: dict[str, dict[str, object]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        stop.check()
        synced(path)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        inside = path.relative_to(folder).as_posix()
        found[inside] = {"size_bytes": path.stat().st_size, "sha256": digest}
    return found


def _document(
    name: str, moment: datetime, proof: ChromaProof, files: dict[str, dict[str, object]]
) -> dict[str, object]:
    answers, migrations = proof.answers, proof.catalogue.migrations
    opened_with = answers.version if answers is not None else ""
    own = answers is not None and not versions.is_older(migrations, answers.migrations)
    return {
        "schema_version": 1,
        "kind": "chroma",
        "snapshot": name,
        "created_at": moment.isoformat(timespec="seconds"),
        # Of an older store, the installed version is not the one that wrote it.
        "chroma_version": opened_with if own else versions.writer_of(migrations),
        "chroma_opened_with": opened_with,
        "chroma_schema": versions.schema_of(migrations),
        "collections": [
            {
                "name": c.shown,
                "count": c.records,
                "dimension": c.dimension,
                "ids_sha256": c.ids_sha256,
            }
            for c in proof.catalogue.collections
        ],
        "files": files,
    }
