"""Projects in SQLite (WAL), one connection guarded by a lock."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS projects (
    owner TEXT NOT NULL,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (owner, project_id)
) STRICT
"""
_INSERT = (
    "INSERT INTO projects (owner, project_id, name, description, created_at) VALUES (?, ?, ?, ?, ?)"
)
_SELECT = "SELECT project_id, name, description, created_at FROM projects WHERE owner = ? "


class DuplicateProjectError(Exception):
    """The owner has a project of that id."""


@dataclass(frozen=True, slots=True)
class StoredProject:
    """One row; `created_at` is ISO 8601 in UTC."""

    project_id: str
    name: str
    description: str
    created_at: str


class ProjectStore:
    """Thread-safe access to the projects table. Methods raise sqlite3.Error when the file fails.

    A project of another owner does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, timeout=5.0)
        mode = self._db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            msg = f"journal mode is {mode}, not wal: {path}"
            raise sqlite3.OperationalError(msg)
        self._db.execute("PRAGMA synchronous=NORMAL")
        with self._db:
            self._db.execute(_SCHEMA)

    def create(self, owner: str, project_id: str, name: str, description: str) -> StoredProject:
        """Insert one project. Raises DuplicateProjectError."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        row = (project_id, name, description, now)
        with self._lock, self._db:
            try:
                self._db.execute(_INSERT, (owner, *row))
            except sqlite3.IntegrityError:
                raise DuplicateProjectError(project_id) from None
        return StoredProject(*row)

    def get(self, owner: str, project_id: str) -> StoredProject | None:
        """One project, or None."""
        query = _SELECT + "AND project_id = ?"
        with self._lock:
            row = self._db.execute(query, (owner, project_id)).fetchone()
        return StoredProject(*row) if row else None

    def newest(self, owner: str, limit: int) -> list[StoredProject]:
        """The newest projects first, at most `limit`."""
        query = _SELECT + "ORDER BY created_at DESC, project_id LIMIT ?"
        with self._lock:
            rows = self._db.execute(query, (owner, limit)).fetchall()
        return [StoredProject(*row) for row in rows]

    def delete(self, owner: str, project_id: str) -> bool:
        """Delete one project; False when there was none."""
        query = "DELETE FROM projects WHERE owner = ? AND project_id = ?"
        with self._lock, self._db:
            cursor = self._db.execute(query, (owner, project_id))
        return cursor.rowcount == 1

    def check(self) -> None:
        """Raise sqlite3.Error unless the table can be read."""
        with self._lock:
            self._db.execute("SELECT 1 FROM projects LIMIT 1").fetchone()

    def close(self) -> None:
        """Close the file; the last connection checkpoints the WAL."""
        with self._lock:
            self._db.close()
