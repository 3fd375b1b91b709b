"""``chroma.sqlite3`` read by SQLite alone: collections, segments, sequence numbers, the queue."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.shapes import SQLITE_MAGIC
from golive_gates.recovery.chroma.records import DATABASE, Catalogue, Collection, Files
from golive_gates.recovery.chroma.segments import PICKLE, is_name, look_at_files
from golive_gates.recovery.chroma.sequence import number_in, number_of, teach
from golive_gates.recovery.sqlite.opening import opened, text
from golive_gates.recovery.stopping import Stop

TABLES = {
    *("collections", "embedding_metadata", "embeddings", "embeddings_queue"),
    *("max_seq_id", "migrations", "segments"),
}
DATABASES = "databases"
"""A table that stores of 0.4.14 and before do not have."""

MOST_LINES = 20
MOST_COLLECTIONS = 10_000
MOST_MIGRATIONS = 1_000


def look_at_folder(
    folder: Path,
    stop: Stop,
    before: float | None = None,
    pickled: Mapping[str, int] | None = None,
) -> Catalogue:
    """Everything but what takes chromadb; nothing else may have the folder open.

    ``before``: records up to then are counted. ``pickled``: of segments whose own files say up to
    where they go, the sequence numbers. Raises ``OSError`` and ``Stopped``.
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
            return read(connection, folder, size, before, pickled)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        broken = {sqlite3.SQLITE_NOTADB: "not-a-database", sqlite3.SQLITE_CORRUPT: "damaged"}
        return Catalogue(broken.get(code, "unreadable"), clean(str(error), 200), size)


def read(
    connection: sqlite3.Connection,
    folder: Path | None,
    size: int,
    before: float | None,
    pickled: Mapping[str, int] | None = None,
) -> Catalogue:
    """The catalogue over *connection*; of a live store without its *folder* of segments.

    What is laid out otherwise than in known versions is ``chroma-foreign``, with the migrations
    that say of which version it is. Raises ``sqlite3.Error`` and ``OSError``.
    """
    there = {text(n) for (n,) in connection.execute("SELECT name FROM sqlite_schema")}
    migrations = _migrations(connection) if "migrations" in there else ()
    if lacking := sorted(TABLES - there):
        return Catalogue("chroma-foreign", ", ".join(lacking), size, migrations=migrations)
    try:
        rows = connection.execute(
            _COLLECTIONS if DATABASES in there else _COLLECTIONS_ALONE, (MOST_COLLECTIONS,)
        ).fetchall()
        teach(connection)
        found = tuple(
            _collection(connection, folder, (text(n), text(i), text(t), text(d), size_), pickled)
            for n, i, t, d, size_ in rows
        )
        return _dated(connection, Catalogue("", "", size, (), migrations, found), before)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR:
            raise
        # A column that is not there.
        return Catalogue("chroma-foreign", clean(str(error), 200), size, migrations=migrations)


def _migrations(connection: sqlite3.Connection) -> tuple[str, ...]:
    try:
        rows = connection.execute(
            "SELECT dir, version, hash FROM migrations ORDER BY dir, version LIMIT ?",
            (MOST_MIGRATIONS,),
        )
        return tuple(
            f"{clean(text(p), 60)}/{clean(text(version), 20)} {clean(text(digest), 80)}"
            for p, version, digest in rows
        )
    except sqlite3.OperationalError:
        return ()


def _dated(connection: sqlite3.Connection, seen: Catalogue, before: float | None) -> Catalogue:
    """*seen* with the times of its records."""
    newest, until = connection.execute(
        "SELECT max(t), coalesce(sum(t <= ?), 0) FROM "
        "(SELECT CAST(strftime('%s', created_at) AS INTEGER) AS t FROM embeddings)",
        (before if before is not None else 0.0,),
    ).fetchone()
    age = None if newest is None else float(newest)
    return replace(seen, newest=age, before=until, before_at=before)


_COLLECTIONS = (
    "SELECT c.name, c.id, d.tenant_id, d.name, c.dimension FROM collections c "
    "JOIN databases d ON d.id = c.database_id ORDER BY 3, 4, 1 LIMIT ?"
)
_COLLECTIONS_ALONE = (
    "SELECT name, id, 'default_tenant', 'default_database', dimension FROM collections "
    "ORDER BY 1 LIMIT ?"
)
_NUMBER = number_in("e.seq_id")
_BEYOND = (
    "SELECT count(*), coalesce(sum(q.vector IS NOT NULL), 0), "  # noqa: S608 - constants
    # Of a record that was only given new metadata, the vector is an older one.
    "coalesce(sum(q.seq_id IS NOT NULL AND q.vector IS NULL), 0) "
    f"FROM embeddings e LEFT JOIN embeddings_queue q ON q.seq_id = {_NUMBER} "
    "AND q.topic LIKE :topic "
    f"WHERE e.segment_id = :segment AND {_NUMBER} > :saved"
)
"""Records whose numbers are beyond what the vector files hold, and those of them in the queue."""

_Named = tuple[str, str, str, str, object]


def _collection(
    connection: sqlite3.Connection,
    folder: Path | None,
    named: _Named,
    pickled: Mapping[str, int] | None,
) -> Collection:
    segments = {
        text(scope): (text(key), text(kind))
        for key, kind, scope in connection.execute(
            "SELECT id, type, scope FROM segments WHERE collection = ?", (named[1],)
        )
    }
    metadata, _ = segments.get("METADATA", ("", ""))
    vector, kind = segments.get("VECTOR", ("", ""))
    records, newest = connection.execute(
        f"SELECT count(*), max({_NUMBER}) FROM embeddings e WHERE segment_id = ?",  # noqa: S608 - constants
        (metadata,),
    ).fetchone()
    saved = _saved(connection, vector)
    if saved is None and pickled is not None:
        saved = pickled.get(vector)
    beyond, queued, updated = connection.execute(
        _BEYOND, {"segment": metadata, "saved": saved or 0, "topic": f"%/{named[1]}"}
    ).fetchone()
    files, lost = None, beyond - queued - updated
    if folder is not None and vector and not is_name(vector):
        files = Files(("folder",))
    elif folder is not None and vector:
        # Up to 0.5 the number was in the pickle; until that was read, nothing is said of files.
        older = saved is None and (folder / vector / PICKLE).is_file()
        files = look_at_files(folder / vector, saved=saved is not None or older)
        lost = 0 if older else lost
    return Collection(
        *named[:4],
        named[4] if isinstance(named[4], int) else None,
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
    return None if row is None else number_of(row[0])


def _ids(connection: sqlite3.Connection, segment: str) -> str:
    """SHA-256 of the sorted ids, one a line: as manifests state it."""
    hashed = hashlib.sha256()
    first = True
    rows = connection.execute(
        "SELECT embedding_id FROM embeddings WHERE segment_id = ? ORDER BY embedding_id", (segment,)
    )
    for (key,) in rows:
        hashed.update(b"" if first else b"\n")
        # Of a foreign table it may be a number, which ``bytes`` would take for a length.
        hashed.update(key if isinstance(key, bytes | bytearray) else str(key).encode())
        first = False
    return hashed.hexdigest()
