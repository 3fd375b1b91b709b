"""The stores that a service is started on, restored once more, for it alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits
from golive_gates.recovery.archives.shapes import ARCHIVES
from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import Backup, Kind
from golive_gates.recovery.chroma import restoring as chroma
from golive_gates.recovery.chroma.records import DATABASE
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.scratch import RESERVE
from golive_gates.recovery.service.settings import RestoredService
from golive_gates.recovery.settings import SqliteStore, Store
from golive_gates.recovery.sqlite import restoring as sqlite
from golive_gates.recovery.sqlite.drilling import Bench, limits_of
from golive_gates.recovery.sqlite.opening import number, opened
from golive_gates.recovery.sqlite.restoring import CannotRestore, Place
from golive_gates.recovery.stopping import Stop

_LOGS = ("-wal", "-journal")


class NotRestored(Exception):
    """A store is not there for the service. ``code``: as the restore drills call it."""

    def __init__(self, store: str, code: str, detail: str = "") -> None:
        super().__init__(f"{store}: {code} {detail}")
        self.store, self.code, self.detail = store, code, detail


@dataclass(frozen=True, slots=True)
class Chosen:
    """A store and its newest backup. ``key``: the placeholder that names it."""

    key: str
    store: Store
    backup: Backup


def chosen(service: RestoredService, bench: Bench) -> tuple[Chosen, ...]:
    """The newest backups of the stores that *service* names. Raises ``NotRestored``."""
    found = []
    for store in bench.settings.stores:
        kind: Kind = "sqlite" if isinstance(store, SqliteStore) else "chroma"
        key = f"{kind}.{store.name}"
        if key not in service.named:
            continue
        backup = find_store(store.name, kind, store.backups, bench.base, store.live).newest
        if backup is None:
            raise NotRestored(store.name, "drill-no-backup")
        found.append(Chosen(key, store, backup))
    return tuple(found)


def room(wanted: Sequence[Chosen]) -> int:
    """Bytes that their restoration takes at least, and as much again for what is written then."""
    return sum((4 if c.backup.shape in ARCHIVES else 2) * c.backup.size for c in wanted)


def restored(wanted: Sequence[Chosen], bench: Bench, folder: Path, stop: Stop) -> Mapping[str, str]:
    """Restore *wanted* below *folder*; by placeholder, the path of a database or of a folder.

    A database is called as the live one is and has nothing beside it. Raises ``NotRestored``,
    ``OSError`` and ``Stopped``.
    """
    paths = {}
    for count, one in enumerate(wanted):
        own = folder / f"store-{count}"
        own.mkdir(mode=0o700)
        try:
            paths[one.key] = str(_restored(one, bench, own, stop))
        except CannotRestore as error:
            raise NotRestored(one.store.name, error.code, error.detail) from None
    return paths


def make_removable(folder: Path) -> None:
    """Let the folders below *folder* be removed that a service left without the right to write.

    Caches are left so, that of Go's modules for one. Links are not followed.
    """
    pending = [folder]
    while pending:
        own = pending.pop()
        with suppress(OSError):
            own.chmod(0o700)
            with os.scandir(own) as entries:
                pending += [Path(e.path) for e in entries if e.is_dir(follow_symlinks=False)]


def _restored(one: Chosen, bench: Bench, folder: Path, stop: Stop) -> Path:
    store, source = one.store, bench.base / one.backup.path
    watch = Stopwatch(bench.monotonic)
    if not isinstance(store, SqliteStore):
        half = max(1, (shutil.disk_usage(folder).free - RESERVE) // 2)
        limits = Limits(total=min(bench.settings.unpacked_bytes, half))
        root = chroma.restore(one.backup, source, Place(folder, watch, limits, stop)).folder
        _settle(root / DATABASE, stop)
        return root
    place = Place(folder, watch, limits_of(store, bench, folder), stop)
    database = sqlite.restore(one.backup, source, Path(store.live).name, place).path
    _settle(database, stop)
    own = folder / "data"
    own.mkdir(mode=0o700)
    return database.rename(own / (Path(store.live).name or database.name))


def _settle(database: Path, stop: Stop) -> None:
    """Let SQLite take over what lies beside *database*, so that it can be had alone."""
    logs = [database.with_name(database.name + end) for end in _LOGS]
    if not any(log.is_file() for log in logs):
        return
    try:
        with opened(database, "rw", stop) as connection:
            number(connection, "SELECT count(*) FROM sqlite_schema")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise CannotRestore("wal-refused", clean(str(error), 200)) from None
    if any(log.is_file() and log.stat().st_size for log in logs):
        raise CannotRestore("wal-refused", "it is still there")
