"""``chroma.sqlite3`` read by SQLite alone: collections, segments, sequence numbers, the queue."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.backups.finding import SQLITE_MAGIC
from golive_gates.recovery.chroma.records import DATABASE, Catalogue, Collection
from golive_gates.recovery.chroma.segments import PICKLE, look_at_files
from golive_gates.recovery.sqlite.opening import opened, text
from golive_gates.recovery.stopping import Stop

TABLES = {
    *("collections", "databases", "embedding_metadata", "embeddings", "embeddings_queue"),
    *("max_seq_id", "migrations", "segments"),
}
MOST_LINES = 20
MOST_COLLECTIONS = 10_000


def look_at_folder(folder: Path, stop: Stop, before: float | None = None) -> Catalogue:
    """Everything but what takes chromadb; nothing else may have the folder open.

    ``before``: records up to then are counted. Raises ``OSError`` and ``Stopped``.
    """
    path = folder / DATABASE
    size = sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file())
    if not path.is_file():
        return Catalogue("chroma-absent", bytes=size)
    with path.open("rb") as stream:
        magic = stream.read(len(SQLITE_MAGIC))
    if magic != SQLITE_MAGIC:
        return Catalogue("not-a-database" if magic else "chroma-empty", bytes=size)
    try:
        with opened(path, "ro", stop, immutable=True) as connection:
            wrong = tuple(
                clean(text(row[0]), 200)
                for row in connection.execute(f"PRAGMA integrity_check({MOST_LINES})")
            )
            if wrong != ("ok",):
                return Catalogue(bytes=size, integrity=wrong or ("no answer",))
            return read(connection, folder, size, before)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        broken = {sqlite3.SQLITE_NOTADB: "not-a-database", sqlite3.SQLITE_CORRUPT: "damaged"}
        return Catalogue(broken.get(code, "unreadable"), clean(str(error), 200), size)


def read(
    connection: sqlite3.Connection, folder: Path | None, size: int, before: float | None
) -> Catalogue:
    """The catalogue over *connection*; of a live store without its *folder* of segments.

    Raises ``sqlite3.Error`` and ``OSError``.
    """
    there = {text(n) for (n,) in connection.execute("SELECT name FROM sqlite_schema")}
    if lacking := sorted(TABLES - there):
        return Catalogue("chroma-foreign", ", ".join(lacking), size)
    migrations = tuple(
        f"{text(place)}/{version} {text(digest)}"
        for place, version, digest in connection.execute(
            "SELECT dir, version, hash FROM migrations ORDER BY dir, version"
        )
    )
    rows = connection.execute(
        "SELECT c.name, c.id, d.tenant_id, d.name, c.dimension FROM collections c "
        "JOIN databases d ON d.id = c.database_id ORDER BY 3, 4, 1 LIMIT ?",
        (MOST_COLLECTIONS,),
    ).fetchall()
    found = tuple(
        _collection(connection, folder, (text(n), text(i), text(t), text(d), size_))
        for n, i, t, d, size_ in rows
    )
    newest, until = connection.execute(
        "SELECT max(t), coalesce(sum(t <= ?), 0) FROM "
        "(SELECT CAST(strftime('%s', created_at) AS INTEGER) AS t FROM embeddings)",
        (before if before is not None else 0.0,),
    ).fetchone()
    age = None if newest is None else float(newest)
    return Catalogue("", "", size, (), migrations, found, age, until, before)


_BEYOND = (
    "SELECT count(*), coalesce(sum(q.vector IS NOT NULL), 0), "
    # Of a record that was only given new metadata, the vector is an older one.
    "coalesce(sum(q.seq_id IS NOT NULL AND q.vector IS NULL), 0) "
    "FROM embeddings e LEFT JOIN embeddings_queue q ON q.seq_id = e.seq_id AND q.topic LIKE :topic "
    "WHERE e.segment_id = :segment AND typeof(e.seq_id) = 'integer' AND e.seq_id > :saved"
)
"""Records whose numbers are beyond what the vector files hold, and those of them in the queue."""

_Named = tuple[str, str, str, str, int | None]


def _collection(connection: sqlite3.Connection, folder: Path | None, named: _Named) -> Collection:
    segments = {
        text(scope): (text(key), text(kind))
        for key, kind, scope in connection.execute(
            "SELECT id, type, scope FROM segments WHERE collection = ?", (named[1],)
        )
    }
    metadata, _ = segments.get("METADATA", ("", ""))
    vector, kind = segments.get("VECTOR", ("", ""))
    records, newest = connection.execute(
        # Old stores hold numbers as blobs, which are not compared.
        "SELECT count(*), max(CASE typeof(seq_id) WHEN 'integer' THEN seq_id END) "
        "FROM embeddings WHERE segment_id = ?",
        (metadata,),
    ).fetchone()
    saved = _saved(connection, vector)
    beyond, queued, updated = connection.execute(
        _BEYOND, {"segment": metadata, "saved": saved or 0, "topic": f"%/{named[1]}"}
    ).fetchone()
    files, lost = None, beyond - queued - updated
    if folder is not None and vector:
        # Older versions wrote the number into the pickle; which records it covers is not known.
        older = saved is None and (folder / vector / PICKLE).is_file()
        files = look_at_files(folder / vector, saved=saved is not None or older)
        lost = 0 if older else lost
    return Collection(
        *named,
        records,
        vector,
        kind.rsplit("/", 1)[-1],
        _saved(connection, metadata),
        saved,
        newest,
        queued,
        lost,
        records - beyond,
        files,
        _ids(connection, metadata),
    )


def _saved(connection: sqlite3.Connection, segment: str) -> int | None:
    row = connection.execute(
        "SELECT seq_id FROM max_seq_id WHERE segment_id = ?", (segment,)
    ).fetchone()
    if row is None:
        return None
    return row[0] if isinstance(row[0], int) else int.from_bytes(bytes(row[0]), "big")


def _ids(connection: sqlite3.Connection, segment: str) -> str:
    """SHA-256 of the sorted ids, one a line: as manifests state it."""
    hashed = hashlib.sha256()
    first = True
    rows = connection.execute(
        "SELECT embedding_id FROM embeddings WHERE segment_id = ? ORDER BY embedding_id", (segment,)
    )
    for (key,) in rows:
        hashed.update(b"" if first else b"\n")
        hashed.update(bytes(key))
        first = False
    return hashed.hexdigest()
