"""The live store, read and never written: its database read-only, or its server's counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from golive.sanitize import clean
from golive_gates.recovery.chroma.catalogue import read
from golive_gates.recovery.chroma.records import DATABASE, Catalogue, ChromaLive
from golive_gates.recovery.sqlite.opening import LIVE_WAIT, is_lock, journal_of, opened
from golive_gates.recovery.stopping import Stop

MOST = 500
"""Collections whose records are counted over HTTP; a store with more is not read by its server."""

PAGE = 100
Get = Callable[[str], Awaitable[object]]
"""Fetches a path below the server's root as JSON. Raises ``NotRead`` with what happened."""


class NotRead(Exception):
    """The live store does not answer as Chroma does; the message says how.

    ``status``: of the answer, where it is what is wrong.
    """

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.status = status


def look_at_folder_live(
    folder: Path, shown: str, before: float, stop: Stop, wait: float = LIVE_WAIT
) -> ChromaLive:
    """The live store in *folder*; chromadb does not get to open it. Raises ``Stopped``."""
    path = folder / DATABASE
    try:
        if not path.is_file():
            return ChromaLive(shown, "live-missing", f"{shown}/{DATABASE}")
        log = path.with_name(f"{DATABASE}-wal")
        # Opening a log mode database that nobody has open would create files beside it.
        quiet = journal_of(path) == "wal" and not log.exists()
        with opened(path, "ro", stop, immutable=quiet, wait=wait) as connection:
            connection.execute("BEGIN")
            seen = read(connection, None, 0, before)
            connection.execute("ROLLBACK")
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    except sqlite3.Error as error:
        code = "live-locked" if is_lock(error) else "live-unreadable"
        return ChromaLive(shown, code, clean(str(error), 200))
    except OSError as error:
        return ChromaLive(shown, "live-unreadable", error.strerror or "")
    if seen.problem:
        return ChromaLive(shown, "live-unreadable", seen.detail)
    return ChromaLive(shown, "", "", counts_of(seen), seen.newest, seen.before, size)


def counts_of(seen: Catalogue) -> dict[str, int]:
    """Records by collection."""
    return {c.shown: c.records for c in seen.collections}


async def look_at_server(shown: str, get: Get) -> ChromaLive:
    """Counts of the collections of a server's default tenant and database.

    By its API v2, and of servers before 0.6, which do not have that, by v1.
    """
    try:
        try:
            counts = await _counted(get, _V2)
        except NotRead as error:
            if error.status not in _NO_SUCH_API:
                raise
            try:
                counts = await _counted(get, _V1)
            except NotRead:
                # What a newer server says about the old API explains nothing.
                raise error from None
    except NotRead as error:
        return ChromaLive(shown, "live-unreadable", clean(str(error), 200))
    return ChromaLive(shown, counts=counts)


_NO_SUCH_API = frozenset({404, 405, 501})
_V1 = "/api/v1/collections"
_V2 = "/api/v2/tenants/default_tenant/databases/default_database/collections"


async def _counted(get: Get, root: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, name in await _listed(get, root):
        count = await get(f"{root}/{quote(key, safe='')}/count")
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            msg = f"{clean(name, 60)}: its count is no number"
            raise NotRead(msg)
        counts[name] = count
    return counts


async def _listed(get: Get, root: str) -> list[tuple[str, str]]:
    """Id and name of every collection."""
    found: dict[str, str] = {}
    while True:
        listed = await get(f"{root}?limit={PAGE}&offset={len(found)}")
        if not isinstance(listed, list):
            raise NotRead("the collections are no list")
        page = {_of(one, "id"): _of(one, "name") for one in listed}
        # Old servers know no pages: they list everything each time.
        ended = len(listed) < PAGE or page.keys() <= found.keys()
        found |= page
        if len(found) > MOST:
            msg = f"more than {MOST} collections"
            raise NotRead(msg)
        if ended:
            return list(found.items())


def _of(one: object, field: str) -> str:
    value = one.get(field) if isinstance(one, dict) else None
    if not isinstance(value, str):
        msg = f"a collection has no {field}"
        raise NotRead(msg)
    return value
