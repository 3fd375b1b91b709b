"""From the patterns of a store to its backups: names, first bytes and manifests are read."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from golive_gates.recovery.archives.shapes import HEAD, SQLITE_MAGIC, shape_of_head
from golive_gates.recovery.backups.manifests import (
    BadManifest,
    names_file,
    names_kind,
    read_manifest,
)
from golive_gates.recovery.backups.records import Backup, Found, Kind, Problem, Shape
from golive_gates.recovery.backups.times import time_in_name

MAX_BACKUPS = 5_000
"""The newest so many of a store are looked at."""

SIDECARS = ("-wal", "-shm", "-journal")
_MANIFEST = ".manifest.json"
_UNFINISHED = (".partial", ".tmp", ".part", ".inprogress")
_CHECKSUMS = (".sha256", ".sha512", ".md5", ".asc", ".sig")
_MISSING = "backups-missing"


def find_store(
    name: str, kind: Kind, patterns: tuple[str, ...], base: Path, live: str = ""
) -> Found:
    """The backups of store *name*. Trouble is in ``problems``; nothing is raised for it.

    ``live``: path of what is backed up. A pattern that finds it has not found a backup.
    """
    problems: list[Problem] = []
    candidates: dict[str, Path] = {}
    for pattern in patterns:
        for path in _matches(pattern, base, problems):
            for one in _expanded(path, kind, problems):
                if live and _is_same(one, base / live):
                    problems.append(Problem(shown(one, base), "backup-is-live"))
                elif not _of_another(one, kind):
                    candidates.setdefault(os.path.realpath(one), one)
    looked: list[Backup] = []
    for path in candidates.values():
        try:
            looked.append(_backup(path, base))
        except OSError as error:
            problems.append(_unreadable(path, base, error))
    problems += _orphans(candidates.values(), base)
    backups = sorted(looked, key=lambda b: (b.at, b.path))
    kept = _marked(backups[-MAX_BACKUPS:])
    return Found(name, kind, patterns, kept, tuple(problems), len(backups) - len(kept))


def shape_of(path: Path) -> Shape:
    """What *path* is by its first bytes. Raises ``OSError``."""
    if path.is_dir():
        return "folder"
    with path.open("rb") as stream:
        return shape_of_head(stream.read(HEAD))


def shown(path: Path, base: Path) -> str:
    """*path* as findings print it: relative to golive.yaml where it is below it."""
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return path.as_posix()


def _matches(pattern: str, base: Path, problems: list[Problem]) -> Iterator[Path]:
    whole = os.path.join(base, pattern)  # noqa: PTH118 - a Path would drop a trailing slash
    found = sorted(glob.glob(whole, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute one
    if not found:
        problems.append(Problem(pattern, *_why_nothing(Path(whole))))
    yield from (Path(f) for f in found)


def _why_nothing(pattern: Path) -> tuple[str, str]:
    """Nothing matched: because nothing is there, or because the folder may not be read."""
    folder = pattern
    while glob.has_magic(str(folder)) or not _is_there(folder):
        if folder == folder.parent:
            break
        folder = folder.parent
    readable = os.access(folder, os.R_OK | os.X_OK) if folder.is_dir() else True
    return (_MISSING, "") if readable else ("backups-unreadable", f"{folder}: permission denied")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _expanded(path: Path, kind: Kind, problems: list[Problem]) -> Iterator[Path]:
    """*path* itself, or what a folder of backups holds."""
    try:
        if not path.is_dir():
            if not _ignored(path) and stat.S_ISREG(path.stat().st_mode):
                yield path
            return
        if _is_backup(path, kind):
            yield path
            return
        for child in sorted(path.iterdir()):
            is_dir = child.is_dir()
            if _ignored(child) or (is_dir and not _is_backup(child, kind)):
                continue
            if is_dir or child.is_file():
                yield child
    except OSError as error:
        problems.append(_unreadable(path, path.parent, error))


def _is_backup(folder: Path, kind: Kind) -> bool:
    """Whether a folder is one backup, and not a place for many."""
    if kind == "chroma":
        beside = folder.with_name(folder.name + _MANIFEST).is_file()
        return (
            beside or (folder / "chroma.sqlite3").exists() or time_in_name(folder.name) is not None
        )
    return (folder / "manifest.json").is_file() or (
        time_in_name(folder.name) is not None
        and any(_is_database(p) for p in folder.iterdir() if p.is_file())
    )


def _of_another(path: Path, kind: Kind) -> bool:
    """Whether *path* is of a store of another kind, whose backups lie in the same folder."""
    described = _manifest_of(path)
    stated = names_kind(described) if described is not None else ""
    if stated in {"sqlite", "chroma"}:
        return stated != kind
    return kind == "sqlite" and path.is_dir() and (path / "chroma.sqlite3").is_file()


def _is_same(path: Path, live: Path) -> bool:
    """Whether both are one file, a second name of which would be lost with it."""
    try:
        return path.samefile(live)
    except (OSError, ValueError):
        return False


def _is_database(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _ignored(path: Path) -> bool:
    """What lies beside backups and is none: manifests, logs of SQLite, checksums, unfinished."""
    name = path.name
    return (
        name.startswith(".")
        or name.endswith((_MANIFEST, *SIDECARS, *_UNFINISHED, *_CHECKSUMS))
        or name in {"manifest.json", "lost+found"}
        or (name.endswith(".json") and not path.is_dir())
    )


def _backup(path: Path, base: Path) -> Backup:
    seen = path.stat()
    shape = shape_of(path)
    size = _folder_size(path) if shape == "folder" else seen.st_size
    wal = path.with_name(path.name + "-wal")
    named = time_in_name(path.name)
    if named is None:
        named = time_in_name(path.parent.name)
    found = Backup(
        shown(path, base),
        shape,
        size,
        seen.st_mtime if named is None else named,
        "modified" if named is None else "name",
        seen.st_mtime,
        named,
        wal=shape == "database" and wal.is_file() and wal.stat().st_size > 0,
    )
    described = _manifest_of(path)
    if described is None:
        return found
    try:
        manifest = read_manifest(described, shown(described, base))
    except (BadManifest, OSError) as error:
        closed = isinstance(error, OSError)
        detail = error.strerror if isinstance(error, OSError) else str(error)
        said = f"{described.name}: {detail}"
        return replace(found, manifest_problem=said, manifest_closed=closed)
    if manifest.created_at is None:
        return replace(found, manifest=manifest)
    return replace(found, manifest=manifest, at=manifest.created_at, at_from="manifest")


def _folder_size(folder: Path) -> int:
    return sum(p.lstat().st_size for p in folder.rglob("*") if not p.is_dir())


def _manifest_of(path: Path) -> Path | None:
    stems = {path.name, path.stem, path.name.split(".", 1)[0]}
    names = [*(s + _MANIFEST for s in sorted(stems, key=len, reverse=True)), f"{path.name}.json"]
    places = [path.with_name(n) for n in names]
    if path.is_dir():
        places.append(path / "manifest.json")
    for place in places:
        if place.is_file():
            named = names_file(place)
            if not named or named == path.name or path.is_dir():
                return place
    return None


def _orphans(paths: Iterable[Path], base: Path) -> list[Problem]:
    """Manifests whose backup is gone."""
    folders = {p.parent for p in paths}
    found = []
    for folder in sorted(folders):
        try:
            manifests = sorted(folder.glob(f"*{_MANIFEST}"))
        except OSError:
            continue
        for manifest in manifests:
            name = names_file(manifest) if not manifest.name.startswith(".") else ""
            if name and not _is_there(folder / name):
                found.append(Problem(shown(manifest, base), "backup-gone", name))
    return found


def _unreadable(path: Path, base: Path, error: OSError) -> Problem:
    return Problem(shown(path, base), "backups-unreadable", error.strerror or type(error).__name__)


def _marked(backups: list[Backup]) -> tuple[Backup, ...]:
    """Those without a manifest were interrupted, once the store writes one for each."""
    described = [bool(b.manifest or b.manifest_problem) for b in backups]
    if not any(described):
        return tuple(backups)
    first = described.index(True)
    return tuple(
        b if known or number < first else replace(b, interrupted=True)
        for number, (b, known) in enumerate(zip(backups, described, strict=True))
    )
