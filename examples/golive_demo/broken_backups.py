"""Ways in which backups are lost, done to the demonstration's own; standard library only."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SUFFIX = ".manifest.json"


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


def _flipped(backups: Path, live: Path) -> None:  # noqa: ARG001
    _, file = _newest(backups)
    content = bytearray(file.read_bytes())
    at = content.find("대본".encode())  # in the text of a row: no check of SQLite's own sees it
    content[at] ^= 1
    file.write_bytes(content)


def _interrupted(backups: Path, live: Path) -> None:  # noqa: ARG001
    _newest(backups)[0].unlink()


def _from_the_future(backups: Path, live: Path) -> None:  # noqa: ARG001
    manifest, file = _newest(backups)
    told = json.loads(manifest.read_text(encoding="utf-8"))
    moment = datetime.now(UTC) + timedelta(hours=2)
    told["created_at"] = moment.isoformat(timespec="seconds")
    told["file"] = f"projects-{moment:%Y%m%dT%H%M%SZ}.db"
    moved = file.rename(file.with_name(told["file"]))
    manifest.unlink()
    _describe(moved.with_name(moved.stem + _SUFFIX), moved, told)


def _schema_moved(backups: Path, live: Path) -> None:  # noqa: ARG001
    with closing(sqlite3.connect(live)) as connection, connection:
        connection.execute("ALTER TABLE projects ADD COLUMN genre TEXT")


def _vectors_lost(backups: Path, live: Path) -> None:  # noqa: ARG001
    snapshot = max(p for p in (backups / "chroma").iterdir() if p.is_dir())
    for folder in (p for p in snapshot.iterdir() if p.is_dir()):
        shutil.rmtree(folder)


def _describe(manifest: Path, file: Path, told: dict[str, object]) -> None:
    with file.open("rb") as stream:
        told["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    told["size_bytes"] = file.stat().st_size
    manifest.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")


_DAMAGES: Mapping[str, Callable[[Path, Path], None]] = {
    "gap": _gap,
    "without-wal": _without_wal,
    "truncated": _truncated,
    "flipped": _flipped,
    "interrupted": _interrupted,
    "future": _from_the_future,
    "schema": _schema_moved,
    "vectors": _vectors_lost,
}
