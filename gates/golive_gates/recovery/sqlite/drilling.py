"""One restore drill of one SQLite store, from its newest backup to the first read."""

from __future__ import annotations

import errno
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits
from golive_gates.recovery.archives.shapes import ARCHIVES
from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import OWN_DIGEST, Backup, TableFigures
from golive_gates.recovery.drills.projecting import APART, project
from golive_gates.recovery.drills.records import PHASES
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.scratch import RESERVE, NoSpace, scratch
from golive_gates.recovery.settings import Settings, SqliteStore
from golive_gates.recovery.sqlite.controls import Verification, tried
from golive_gates.recovery.sqlite.live import look_at_live
from golive_gates.recovery.sqlite.opening import number, opened, quoted
from golive_gates.recovery.sqlite.records import Expected, Live, Proof, SqliteDrill
from golive_gates.recovery.sqlite.reducing import reduced
from golive_gates.recovery.sqlite.restoring import (
    CannotRestore,
    Place,
    Restored,
    copy,
    restore,
)
from golive_gates.recovery.stopping import Stop

LIKELY = 2
"""An archive that unpacks to so many times the live database is no bomb, however well it packs."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a file system or quota that became full although there was room before."""

SECOND_FROM = 4 << 20
"""Bytes from which a part of the database is timed as a second size."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a drill works with. ``base``: folder of golive.yaml. ``tell`` hears of each phase."""

    settings: Settings
    base: Path
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    tell: Callable[[str], None] = lambda _: None

    @property
    def folder(self) -> Path | None:
        """Where scratch folders are made; ``None``: the system's place."""
        return self.base / self.settings.scratch if self.settings.scratch else None


def carry_out(store: SqliteStore, bench: Bench, stop: Stop) -> SqliteDrill:
    """Restore the newest backup of *store* and prove it. Trouble is in the record.

    Raises ``Stopped``; whatever happens, the scratch folder is gone afterwards.
    """
    watch = Stopwatch(bench.monotonic, bench.tell)
    with watch.phase("locate"):
        found = find_store(store.name, "sqlite", store.backups, bench.base, store.live)
    now = bench.now().timestamp()
    backup = found.newest
    if backup is None:
        return SqliteDrill(store.name, now, problem="drill-no-backup")
    drill = SqliteDrill(
        store.name, now, backup.path, backup.at, backup.at_from, backup.size, phases=watch.phases
    )
    try:
        with scratch(bench.folder, _room(backup)) as folder:
            limits = limits_of(store, bench, folder)
            place = Place(folder, watch, limits, stop)
            return _drilled(drill, store, backup, bench, place)
    except CannotRestore as error:
        return replace(drill, problem=error.code, detail=error.detail, phases=watch.phases)
    except NoSpace as error:
        return replace(drill, problem="no-space", detail=str(error), phases=watch.phases)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        said = clean(f"{named}{error.strerror or error}", 200)
        problem = "no-space" if error.errno in NO_ROOM else "drill-io"
        return replace(drill, problem=problem, detail=said, phases=watch.phases)


def _room(backup: Backup) -> int:
    """Bytes that the drill takes at least: the copy and, beside it, one damaged copy at a time."""
    return 3 * backup.size if backup.shape in ARCHIVES else 2 * backup.size


def _drilled(
    drill: SqliteDrill, store: SqliteStore, backup: Backup, bench: Bench, place: Place
) -> SqliteDrill:
    stop, watch = place.stop, place.watch
    restored = restore(backup, bench.base / backup.path, Path(store.live).name, place)
    verification = _verification(store, backup, drill.now, bench.settings)
    with watch.phase("verify"):
        proof = verification.of(restored.path, stop, _digest(restored, backup))
    drill = replace(drill, proof=proof, wal=restored.wal, phases=watch.phases)
    whole = not proof.problem and not proof.integrity
    if whole:
        with watch.phase("first-read"):
            first_read(restored.path, proof, stop)
        drill = replace(drill, phases=watch.phases)
    beside = place.folder / "live.db"
    live = _live(store, verification, bench, stop, beside, whole=whole)
    verification = replace(verification, live=live)
    verification = replace(verification, expected=_expected(verification, proof))
    drill = replace(drill, live=live, expected=verification.expected)
    if whole:
        bench.tell("controls")
        drill = replace(drill, controls=tried(restored.path, proof, verification, place))
    size = _production_size(store, drill, proof)
    if len(drill.phases) < len(PHASES):
        return drill
    others = _second_size(restored.path, backup, size, verification, place, bench)
    return replace(drill, projection=project(size, drill.phases, proof.size, others))


def _verification(
    store: SqliteStore, backup: Backup, now: float, settings: Settings
) -> Verification:
    manifest = backup.manifest
    return Verification(
        expected_of(backup),
        None,
        store.canary,
        backup.at - settings.clock_tolerance,
        manifest.canary_id if manifest is not None else None,
        now,
        settings.rpo,
    )


def expected_of(backup: Backup) -> Expected:
    """What the manifest of *backup* says of it."""
    manifest = backup.manifest
    if manifest is None or not (manifest.sha256 or manifest.tables):
        return Expected()
    known = manifest.digest == OWN_DIGEST
    tables = {name: t if known else TableFigures(t.rows) for name, t in manifest.tables.items()}
    unknown = "" if known else manifest.digest or "-"
    return Expected(
        "manifest", manifest.size, manifest.sha256, tables, manifest.schema_sha256, unknown
    )


def _digest(restored: Restored, backup: Backup) -> str:
    """Of the file that the manifest is about: the backup itself, or what was packed in it."""
    stated = backup.manifest.sha256 if backup.manifest is not None else ""
    if not stated or stated == restored.sha256 or backup.shape == "database":
        return restored.sha256
    with restored.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def first_read(path: Path, proof: Proof, stop: Stop) -> None:
    """Read a row of the largest table over a connection of its own, as a service would."""
    with opened(path, "ro", stop) as connection:
        number(connection, "SELECT count(*) FROM sqlite_schema")
        largest = max(proof.tables, key=lambda n: proof.tables[n].rows, default=None)
        if largest is not None:
            connection.execute(f"SELECT * FROM {quoted(largest)} LIMIT 1").fetchone()  # noqa: S608 - quoted


def _live(
    store: SqliteStore,
    verification: Verification,
    bench: Bench,
    stop: Stop,
    beside: Path,
    *,
    whole: bool,
) -> Live | None:
    if not store.live:
        return None
    bench.tell("live")
    return look_at_live(
        bench.base / store.live,
        store.live,
        stop,
        canary=store.canary,
        before=verification.before,
        # Every row of the live database is only read where no manifest tells what there should be.
        figures=whole and not verification.expected.source,
        beside=beside,
    )


def _expected(verification: Verification, proof: Proof) -> Expected:
    """The manifest's figures; without any, the live database's where nothing changed since."""
    live, stated = verification.live, verification.expected
    if stated.source or live is None or live.problem or not live.tables:
        return stated
    if dict(live.tables) != dict(proof.tables):
        return stated
    return replace(stated, source="live", tables=dict(live.tables))


def limits_of(store: SqliteStore, bench: Bench, folder: Path) -> Limits:
    """What an archive may unpack to: half of the room, and what the live database makes likely."""
    half = max(1, (shutil.disk_usage(folder).free - RESERVE) // 2)
    live = bench.base / store.live
    size = live.stat().st_size if store.live and live.is_file() else 0
    usual = Limits()
    return replace(
        usual,
        total=min(bench.settings.unpacked_bytes, half),
        free=max(usual.free, LIKELY * size),
    )


def _production_size(store: SqliteStore, drill: SqliteDrill, proof: Proof) -> int:
    live = drill.live.size + drill.live.pending if drill.live is not None else 0
    return store.production_bytes or max(live, proof.size)


def _second_size(
    path: Path,
    backup: Backup,
    size: int,
    verification: Verification,
    place: Place,
    bench: Bench,
) -> tuple[tuple[int, float], ...]:
    """The growing phases of a part of the database, so that what is fixed is told from what grows.

    Only where there is something to project, and of a plain file: an archive's phases are others.
    """
    whole = path.stat().st_size
    if size < APART * whole or whole < SECOND_FROM or backup.shape in ARCHIVES:
        return ()
    part, copied = place.folder / "size.db", place.folder / "size-copy.db"
    try:
        reduced(path, part, place.stop)
        begin = bench.monotonic()
        copy(part, copied, place.stop)
        verification.of(copied, place.stop)
        took = bench.monotonic() - begin
        return ((part.stat().st_size, took),)
    except sqlite3.Error:
        return ()
    finally:
        part.unlink(missing_ok=True)
        copied.unlink(missing_ok=True)
