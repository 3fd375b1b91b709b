"""Ways in which backups are lost, done to the demonstration's own; standard library only."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SUFFIX = ".manifest.json"
_DATABASE = "chroma.sqlite3"
_HEADER = struct.Struct("<i4Q")
"""How the header of an hnswlib index begins; its last two: vectors in use, bytes of each."""


def damage(name: str, backups: Path, live: Path) -> None:
    """Do the damage of that name, "" for none, to the folder *backups* of the database *live*."""
    if name:
        _DAMAGES[name](backups, live)


def _manifests(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}"))


def _newest(backups: Path) -> tuple[Path, Path]:
    """The newest backup of the database: its manifest and its file."""
    manifest = _manifests(backups / "sqlite")[-1]
    return manifest, manifest.with_name(_facts(manifest)["file"])


def _facts(manifest: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return found


def _gap(backups: Path, live: Path) -> None:  # noqa: ARG001 - as the others
    manifests = _manifests(backups / "sqlite")
    middle = len(manifests) // 2 - 1
    for manifest in manifests[middle : middle + 2]:
        manifest.with_name(_facts(manifest)["file"]).unlink()
        manifest.unlink()


def _without_wal(backups: Path, live: Path) -> None:
    """Copy the main file of a database in use, and describe what its connection sees."""
    manifest, file = _newest(backups)
    told = json.loads(manifest.read_text(encoding="utf-8"))
    moment = datetime.fromisoformat(told["created_at"])
    with closing(sqlite3.connect(live)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        with connection:
            for number in range(3):
                stamp = (moment - timedelta(minutes=3 - number)).isoformat(timespec="milliseconds")
                row = (
                    "studio",
                    f"late-{number}",
                    "밤샘 기획",
                    f"로그에만 있는 기획 {number}",
                    stamp,
                )
                connection.execute("INSERT INTO projects VALUES (?, ?, ?, ?, ?)", row)
        shutil.copyfile(live, file)
        for table, described in told["tables"].items():
            count = f'SELECT count(*) FROM "{table}"'  # noqa: S608 - named by our own manifest
            described["rows"] = connection.execute(count).fetchone()[0]
            described.pop("sha256", None)
    _describe(manifest, file, told)


def _truncated(backups: Path, live: Path) -> None:  # noqa: ARG001
    manifest, file = _newest(backups)
    with file.open("rb+") as stream:
        stream.truncate(file.stat().st_size // 2)
    _describe(manifest, file, json.loads(manifest.read_text(encoding="utf-8")))


def _torn(backups: Path, live: Path) -> None:  # noqa: ARG001
    """Copied while the database was rewritten: its first half is of after, its second of before."""
    manifest, file = _newest(backups)
    before = file.read_bytes()
    with closing(sqlite3.connect(file)) as connection:
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("DELETE FROM projects WHERE rowid % 2")
        connection.commit()
        connection.execute("VACUUM")
    middle = len(before) // page // 2 * page
    file.write_bytes(file.read_bytes()[:middle] + before[middle:])
    _describe(manifest, file, json.loads(manifest.read_text(encoding="utf-8")))


def _empty(backups: Path, live: Path) -> None:  # noqa: ARG001
    manifest, file = _newest(backups)
    file.write_bytes(b"")
    _describe(manifest, file, json.loads(manifest.read_text(encoding="utf-8")))


def _flipped(backups: Path, live: Path) -> None:  # noqa: ARG001
    _, file = _newest(backups)
    content = bytearray(file.read_bytes())
    at = content.find("대본".encode())  # in the text of a row: no check of SQLite's own sees it
    content[at] ^= 1
    file.write_bytes(content)


def _interrupted(backups: Path, live: Path) -> None:  # noqa: ARG001
    """One more was begun and never finished: half a file, and no manifest."""
    _, file = _newest(backups)
    begun = datetime.now(UTC) - timedelta(minutes=10)
    half = file.read_bytes()[: file.stat().st_size // 2]
    file.with_name(f"projects-{begun:%Y%m%dT%H%M%SZ}.db").write_bytes(half)


def _from_the_future(backups: Path, live: Path) -> None:  # noqa: ARG001
    manifest, file = _newest(backups)
    told = json.loads(manifest.read_text(encoding="utf-8"))
    moment = datetime.now(UTC) + timedelta(hours=12)  # more than a window of backups
    told["created_at"] = moment.isoformat(timespec="seconds")
    told["file"] = f"projects-{moment:%Y%m%dT%H%M%SZ}.db"
    moved = file.rename(file.with_name(told["file"]))
    manifest.unlink()
    _describe(moved.with_name(moved.stem + _SUFFIX), moved, told)


def _schema_moved(backups: Path, live: Path) -> None:  # noqa: ARG001
    with closing(sqlite3.connect(live)) as connection, connection:
        connection.execute("ALTER TABLE projects ADD COLUMN genre TEXT")


def _snapshots(backups: Path) -> list[Path]:
    return sorted(p for p in (backups / "chroma").iterdir() if p.is_dir())


def _vectors_lost(backups: Path, live: Path) -> None:  # noqa: ARG001
    for folder in (p for p in _snapshots(backups)[-1].iterdir() if p.is_dir()):
        shutil.rmtree(folder)


def _vectors_halved(backups: Path, live: Path) -> None:  # noqa: ARG001
    for file, half in _halves(backups):
        with file.open("rb+") as stream:
            stream.truncate(half)


def _vectors_hollow(backups: Path, live: Path) -> None:  # noqa: ARG001
    """As long as before, with zeros for half of them: a copy that was not finished."""
    for file, half in _halves(backups):
        size = file.stat().st_size
        with file.open("rb+") as stream:
            stream.truncate(half)
            stream.truncate(size)


def _metadata_lost(backups: Path, live: Path) -> None:  # noqa: ARG001
    """Chroma's own numbering of the vectors, without which nobody knows whose each one is."""
    for file in _snapshots(backups)[-1].glob("*/index_metadata.pickle"):
        file.unlink()


def _half_snapshot(backups: Path, live: Path) -> None:  # noqa: ARG001
    database = _snapshots(backups)[-1] / _DATABASE
    _cut_snapshot(backups, database.stat().st_size // 2)


def _empty_snapshot(backups: Path, live: Path) -> None:  # noqa: ARG001
    _cut_snapshot(backups, 0)


def _cut_snapshot(backups: Path, size: int) -> None:
    """Leave *size* bytes of the database in the newest snapshot, and describe what is left."""
    snapshot = _snapshots(backups)[-1]
    os.truncate(snapshot / _DATABASE, size)
    _describe_file(snapshot, _DATABASE)


def _halves(backups: Path) -> Iterator[tuple[Path, int]]:
    """The vectors' files of the newest snapshot, and where half of those in use end."""
    for header in _snapshots(backups)[-1].glob("*/header.bin"):
        _, _, _, elements, each = _HEADER.unpack_from(header.read_bytes())
        yield header.with_name("data_level0.bin"), elements // 2 * each


def _snapshot_stale(backups: Path, live: Path) -> None:  # noqa: ARG001
    """The newest snapshot is of a store that nobody has written to for two days."""
    snapshot = _snapshots(backups)[-1]
    database = snapshot / _DATABASE
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE embeddings SET created_at = datetime(created_at, '-2 days')")
    _describe_file(snapshot, _DATABASE)


def _describe_file(snapshot: Path, name: str) -> None:
    """Let the manifest of *snapshot* tell of its file *name* as it is now."""
    manifest = snapshot.with_name(snapshot.name + _SUFFIX)
    told = json.loads(manifest.read_text(encoding="utf-8"))
    _describe(manifest, snapshot / name, told, told["files"][name])


def _describe(
    manifest: Path, file: Path, told: dict[str, object], of: dict[str, object] | None = None
) -> None:
    """Write what is *told* of a backup; its entry *of*, or the whole, is of *file* as it is now."""
    entry = told if of is None else of
    with file.open("rb") as stream:
        entry["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    entry["size_bytes"] = file.stat().st_size
    manifest.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")


_DAMAGES: Mapping[str, Callable[[Path, Path], None]] = {
    "gap": _gap,
    "without-wal": _without_wal,
    "truncated": _truncated,
    "torn": _torn,
    "empty": _empty,
    "flipped": _flipped,
    "interrupted": _interrupted,
    "future": _from_the_future,
    "schema": _schema_moved,
    "vectors": _vectors_lost,
    "halved": _vectors_halved,
    "hollow": _vectors_hollow,
    "metadata": _metadata_lost,
    "half-snapshot": _half_snapshot,
    "empty-snapshot": _empty_snapshot,
    "stale": _snapshot_stale,
}
