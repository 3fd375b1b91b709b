"""The write-ahead log beside a backup: how much it holds, and how much SQLite takes over."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

from golive_gates.recovery.sqlite.opening import opened
from golive_gates.recovery.sqlite.records import Wal
from golive_gates.recovery.stopping import Stop

_HEADER, _FRAME = 32, 24
_MAGIC = (0x377F0682, 0x377F0683)
_CHUNK = 1 << 12
"""Frames between two looks at whether to stop."""


def frames_held(path: Path, stop: Stop) -> int:
    """Frames of the log's last generation: those whose salts are the header's. ``OSError``.

    See "The WAL File Format" of the SQLite documentation.
    """
    held = 0
    with path.open("rb") as stream:
        head = stream.read(_HEADER)
        if len(head) < _HEADER:
            return 0
        magic, _, page, _, salt1, salt2, _, _ = struct.unpack(">8I", head)
        if magic not in _MAGIC or not 512 <= page <= 65_536:
            return 0
        while len(frame := stream.read(_FRAME)) == _FRAME:
            if struct.unpack(">2I", frame[8:16]) != (salt1, salt2):
                break
            held += 1
            stream.seek(page, 1)
            if held % _CHUNK == 0:
                stop.check()
    return held


def replay(database: Path, stop: Stop) -> Wal:
    """Move the log beside *database* into it, as any opening would.

    Raises ``sqlite3.Error``, ``OSError`` and ``Stopped``.
    """
    log = database.with_name(database.name + "-wal")
    size, held = log.stat().st_size, frames_held(log, stop)
    with opened(database, "rw", stop) as connection:
        # The first look at the file is what recovers the log; nothing of it is checkpointed yet.
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        row = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    busy, replayed, moved = row if row is not None else (1, -1, -1)
    if busy or replayed != moved:
        msg = f"the log was not taken over ({busy}, {replayed}, {moved})"
        raise sqlite3.OperationalError(msg)
    return Wal(size, held, max(0, replayed))
