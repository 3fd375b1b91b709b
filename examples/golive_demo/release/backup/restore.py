"""Restore the newest complete backup of one store.

    restore.py sqlite BACKUPS_DIR /data/projects.db
    restore.py chroma BACKUPS_DIR /data

The service that owns the target must be stopped. Every file is compared with the manifest before
anything is replaced, and what stood at the target is kept beside or inside it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

# Run as a script, this folder is the import path; inside the demo it is a package.
if __package__:
    from golive_demo.release.backup import backup_chroma, backup_sqlite
else:
    import backup_chroma  # type: ignore[import-not-found, no-redef]
    import backup_sqlite  # type: ignore[import-not-found, no-redef]


class RestoreError(Exception):
    """There is no backup to trust; the target is as it was."""


def newest_manifest(backups: Path) -> Path:
    """The manifest of the newest backup. Raises RestoreError when there is none."""
    manifests = sorted(backups.glob("*.manifest.json"))
    if not manifests:
        msg = f"{backups}: no backup with a manifest"
        raise RestoreError(msg)
    return manifests[-1]


def restore_sqlite(manifest: Path, target: Path) -> Path | None:
    """Put the backup at `target`; return where the former database went, if there was one."""
    facts = json.loads(manifest.read_text("utf-8"))
    source = manifest.parent / facts["file"]
    if backup_sqlite.file_digest(source) != facts["sha256"]:
        msg = f"{source}: the file is not the one that was backed up"
        raise RestoreError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, partial)
    try:
        backup_sqlite.check(partial, facts["canary_id"])
        if backup_sqlite.describe(partial)["tables"] != facts["tables"]:
            msg = f"{source}: the tables differ from the manifest"
            raise RestoreError(msg)
        aside = _aside(target.parent)
        # A leftover write-ahead log would be replayed into the restored file.
        for old in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
            if old.exists():
                aside.mkdir(exist_ok=True)
                old.replace(aside / old.name)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return aside if aside.exists() else None


def restore_chroma(manifest: Path, target: Path) -> Path | None:
    """Put the snapshot into the folder `target`; return where the former content went."""
    facts = json.loads(manifest.read_text("utf-8"))
    source = manifest.parent / facts["snapshot"]
    if backup_chroma.files_of(source) != facts["files"]:
        msg = f"{source}: the files are not those of the snapshot"
        raise RestoreError(msg)
    target.mkdir(parents=True, exist_ok=True)
    partial = target / ".restore.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    try:
        backup_chroma.verify(partial, {c["name"]: c["count"] for c in facts["collections"]})
        # The target is the mount point of a volume: its content can be replaced, it itself not.
        aside = _aside(target)
        former = [p for p in target.iterdir() if not _keeps(p)]
        for old in former:
            aside.mkdir(exist_ok=True)
            old.replace(aside / old.name)
        for new in list(partial.iterdir()):
            new.replace(target / new.name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return aside if aside.exists() else None


def _aside(folder: Path) -> Path:
    return folder / f"before-restore-{datetime.now(UTC).strftime(backup_sqlite.STAMP)}"


def _keeps(path: Path) -> bool:
    return path.name in {".restore.partial", "lost+found"} or path.name.startswith("before-restore")


def main() -> int:
    """Restore one store; exit status 1 when it failed."""
    parser = argparse.ArgumentParser(description="Restore the newest complete backup.")
    parser.add_argument("store", choices=("sqlite", "chroma"))
    parser.add_argument("backups", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    restore = restore_sqlite if options.store == "sqlite" else restore_chroma
    try:
        manifest = newest_manifest(options.backups)
        former = restore(manifest, options.target)
    except (
        RestoreError,
        backup_sqlite.BackupError,
        backup_chroma.SnapshotError,
        sqlite3.Error,
        OSError,
        ValueError,
        KeyError,
    ) as error:
        print(f"restore failed: {error}", file=sys.stderr)
        return 1
    print(f"restored {manifest.name} to {options.target}; former data: {former or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
