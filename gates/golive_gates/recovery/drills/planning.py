"""How long a drill is planned to take: as long as what it restores is big."""

from __future__ import annotations

from pathlib import Path

from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import Kind
from golive_gates.recovery.settings import ChromaStore, SqliteStore


def newest_bytes(store: SqliteStore | ChromaStore, base: Path) -> int:
    """Bytes of the newest backup of *store*, packed as it is; 0 without one."""
    kind: Kind = "sqlite" if isinstance(store, SqliteStore) else "chroma"
    newest = find_store(store.name, kind, store.backups, base, store.live).newest
    return newest.size if newest is not None else 0


def seconds(size: int, fixed: float, rate: float) -> float:
    """Of *size* bytes at *rate* bytes a second, beside *fixed* seconds that any drill takes."""
    return fixed + size / rate
