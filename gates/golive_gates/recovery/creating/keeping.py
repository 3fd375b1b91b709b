"""Which backups stay: the newest ones, what was just made, and nothing that was never finished."""

from __future__ import annotations

import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from golive_gates.recovery.backups.manifests import names_kind
from golive_gates.recovery.backups.records import Kind

STAMP = "%Y%m%dT%H%M%SZ"
MANIFEST = ".manifest.json"
PARTIAL = ".partial"

ABANDONED = 86_400.0
"""Seconds after which a draft that nobody wrote to is one of a process that was killed."""

_ENDS: dict[Kind, tuple[str, ...]] = {"sqlite": (".db", ".db.gz"), "chroma": ("",)}


def prune(into: Path, stem: str, keep: int, just: Path, kind: Kind = "sqlite") -> list[Path]:
    """Remove all but the newest *keep* backups of *stem* that ``create`` made; what was removed.

    ``just``: manifest of the one that was made right now. It stays, also beside one whose time is
    in the future. A manifest goes first: without it the rest is no longer a backup. Raises
    ``OSError``.
    """
    removed = []
    for manifest in manifests(into, stem, kind)[: -keep or None]:
        if manifest.name == just.name:
            continue
        base = manifest.name.removesuffix(MANIFEST)
        manifest.unlink(missing_ok=True)
        for end in _ENDS[kind]:
            backup = manifest.with_name(base + end)
            if backup.is_dir():
                shutil.rmtree(backup)
                removed.append(backup)
            elif backup.exists():
                backup.unlink()
                removed.append(backup)
    return removed


def manifests(into: Path, stem: str, kind: Kind) -> list[Path]:
    """Manifests of backups of *stem* in the folder *into*, oldest first.

    A database and a Chroma store may have the same name, and lie in the same folder.
    """
    found = []
    for path in into.glob(f"*{MANIFEST}"):
        base = path.name.removesuffix(MANIFEST)
        try:
            datetime.strptime(base[len(stem) :], f"-{STAMP}").replace(tzinfo=UTC)
        except ValueError:
            continue
        if base.startswith(stem) and names_kind(path) == kind:
            found.append(path)
    return sorted(found)


def clear_abandoned(into: Path, stem: str) -> None:
    """Remove drafts of *stem* that a killed process left: each is as large as a backup.

    Raises ``OSError``.
    """
    draft = re.compile(
        rf"\.{re.escape(stem)}-\d{{8}}T\d{{6}}Z[a-z.]*{re.escape(PARTIAL)}(-journal|-wal|-shm)?"
    )
    for path in into.iterdir():
        if draft.fullmatch(path.name) and time.time() - path.lstat().st_mtime > ABANDONED:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
