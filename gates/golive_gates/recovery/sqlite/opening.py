"""Connections to SQLite files: read-only for what lives, distrustful of what was restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from golive_gates.recovery.stopping import Stop, Stopped

OPERATIONS = 20_000
"""Steps of SQLite's virtual machine between two looks at whether to stop."""

LIVE_WAIT = 5.0
"""Seconds to wait for a live database that is locked."""

HEADER = 100
"""Bytes of a database's header; 18 and 19 say how it is journalled."""


def uri(path: Path, mode: str, *, immutable: bool = False) -> str:
    """The URI that opens *path* in *mode* (``ro``, ``rw``)."""
    return f"file:{quote(str(path.absolute()))}?mode={mode}{'&immutable=1' * immutable}"


@contextmanager
def opened(
    path: Path, mode: str, stop: Stop, *, immutable: bool = False, wait: float = 0.0
) -> Iterator[sqlite3.Connection]:
    """A connection that ends when *stop* asks. Raises ``sqlite3.Error`` and ``Stopped``.

    Text arrives as ``bytearray``, so that bytes that are no UTF-8 are read too and text is told
    from blobs.
    """
    connection = sqlite3.connect(
        uri(path, mode, immutable=immutable),
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.text_factory = bytearray
        connection.set_progress_handler(lambda: stop.asked, OPERATIONS)
        # Views and triggers of a stranger may call nothing but what is harmless.
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA cache_size=-16384")
        if mode == "ro":
            connection.execute("PRAGMA query_only=ON")
        yield connection
    except sqlite3.OperationalError:
        stop.check()
        raise
    except UnicodeDecodeError:
        # The module decodes SQLite's message, which quotes the damaged schema.
        wrong = sqlite3.DatabaseError("malformed; the message about it is no text")
        wrong.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise wrong from None
    finally:
        connection.close()


def quoted(name: str) -> str:
    """*name* as an identifier."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def text(value: object) -> str:
    """What a query returned as text."""
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace")
    return str(value)


def number(connection: sqlite3.Connection, query: str) -> int:
    """The whole number that *query* returns."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row and isinstance(row[0], int) else 0


def journal_of(path: Path) -> str:
    """``wal`` or ``delete``, as the header says. Raises ``OSError``."""
    with path.open("rb") as stream:
        head = stream.read(HEADER)
    return "wal" if head[18:20] == b"\x02\x02" else "delete"


def is_lock(error: sqlite3.Error) -> bool:
    """Whether *error* says that somebody else holds the database."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_cut_off(error: sqlite3.Error) -> bool:
    """Whether *error* says that somebody who may write has to roll back a transaction first."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK


def is_unwritten(error: sqlite3.Error) -> bool:
    """Whether *error* says that a file could not be written: the disk or a quota is full."""
    code = getattr(error, "sqlite_errorcode", 0)
    failed = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE}
    return code & 0xFF == sqlite3.SQLITE_FULL or code in failed


__all__ = [
    "Stopped",
    "is_cut_off",
    "is_lock",
    "is_unwritten",
    "journal_of",
    "number",
    "opened",
    "quoted",
    "text",
    "uri",
]
