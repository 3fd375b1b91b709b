"""One restore drill of one Chroma store, from its newest snapshot to the first search."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits
from golive_gates.recovery.archives.shapes import ARCHIVES
from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import Backup
from golive_gates.recovery.chroma.asking import Prober, prober
from golive_gates.recovery.chroma.controls import prove, taken_over, tried
from golive_gates.recovery.chroma.damages import wanted
from golive_gates.recovery.chroma.faults import Against, faults
from golive_gates.recovery.chroma.live import look_at_folder_live
from golive_gates.recovery.chroma.pairing import paired
from golive_gates.recovery.chroma.records import (
    DATABASE,
    Answers,
    ChromaDrill,
    ChromaLive,
    ChromaProof,
    Pairing,
)
from golive_gates.recovery.chroma.restoring import Restored, restore
from golive_gates.recovery.chroma.stating import differing, stated_of
from golive_gates.recovery.drills.projecting import project
from golive_gates.recovery.drills.records import PHASES, Projection
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.scratch import RESERVE, NoSpace, scratch
from golive_gates.recovery.settings import ChromaStore
from golive_gates.recovery.sqlite.drilling import Bench
from golive_gates.recovery.sqlite.opening import number, opened
from golive_gates.recovery.sqlite.restoring import CannotRestore, Place
from golive_gates.recovery.stopping import Stop

_BLOCKING = frozenset({"restores", "vectors", "queries"})
_UNREAD = frozenset({"collection-closed", "query-failed", "records-unread"})
"""Faults with which a read has failed; one record that is not found is no share of many."""


def carry_out(
    store: ChromaStore, bench: Bench, stop: Stop, served: Mapping[str, ChromaLive]
) -> ChromaDrill:
    """Restore the newest snapshot of *store* and prove it. Trouble is in the record.

    ``served``: live stores behind URLs, by store. Raises ``Stopped``; whatever happens, the
    process with chromadb has ended and the scratch folder is gone afterwards.
    """
    watch = Stopwatch(bench.monotonic, bench.tell)
    with watch.phase("locate"):
        found = find_store(store.name, "chroma", store.backups, bench.base, store.live)
    now = bench.now().timestamp()
    backup = found.newest
    if backup is None:
        return ChromaDrill(store.name, now, store.rpo, problem="drill-no-backup")
    drill = ChromaDrill(
        *(store.name, now, store.rpo, backup.path, backup.at, backup.at_from, backup.size),
        phases=watch.phases,
    )
    try:
        with scratch(bench.folder, _room(backup)) as folder:
            half = max(1, (shutil.disk_usage(folder).free - RESERVE) // 2)
            limits = Limits(total=min(bench.settings.unpacked_bytes, half))
            place = Place(folder, watch, limits, stop)
            return _drilled(drill, _Work(store, backup, bench, place, served.get(store.name)))
    except CannotRestore as error:
        return replace(drill, problem=error.code, detail=error.detail, phases=watch.phases)
    except NoSpace as error:
        return replace(drill, problem="no-space", detail=str(error), phases=watch.phases)
    except OSError as error:
        said = clean(f"{error.filename or ''}: {error.strerror or error}", 200)
        return replace(drill, problem="drill-io", detail=said, phases=watch.phases)


def _room(backup: Backup) -> int:
    return (4 if backup.shape in ARCHIVES else 2) * backup.size


@dataclass(frozen=True, slots=True)
class _Work:
    """One drill and what it works with. ``served``: the live store, where it is behind a URL."""

    store: ChromaStore
    backup: Backup
    bench: Bench
    place: Place
    served: ChromaLive | None


def _drilled(drill: ChromaDrill, work: _Work) -> ChromaDrill:
    backup, place = work.backup, work.place
    drill = replace(drill, stated=stated_of(backup, work.bench.base))
    restored = restore(backup, work.bench.base / backup.path, place)
    with place.watch.phase("restore"):
        _settled(restored.folder, place.stop)
    # What a store takes to open goes by its own size, and not by that of what it was packed in.
    size = sum(p.stat().st_size for p in restored.folder.rglob("*") if p.is_file())
    with prober(place.folder, size, place.stop) as asked:
        return _opened(drill, work, restored, asked)


def _opened(drill: ChromaDrill, work: _Work, restored: Restored, asked: Prober) -> ChromaDrill:
    store, bench, stated = work.store, work.bench, drill.stated
    watch, stop = work.place.watch, work.place.stop
    before = work.backup.at - bench.settings.clock_tolerance
    with watch.phase("verify"):
        proof = prove(restored.folder, asked, stop, before)
    drill = replace(
        drill,
        proof=proof,
        differing=differing(stated.files, restored.digests),
        phases=watch.phases,
    )
    against = Against(drill.now, store.rpo, stated, None, drill.differing)
    if any(f.concern in _BLOCKING and not f.slight for f in faults(proof, against)):
        return drill
    with watch.phase("first-read"):
        first = asked.ask(restored.folder, proof.catalogue, 1)
    drill = replace(drill, phases=watch.phases)
    if first.problem or any(f.code in _UNREAD for f in faults(_again(proof, first), against)):
        return replace(drill, proof=_again(proof, first))
    bench.tell("live")
    live = _live(work, before)
    drill = replace(drill, live=live)
    drill = replace(drill, pairing=_paired(work, restored))
    bench.tell("controls")
    taken = taken_over(restored.folder, proof, asked, stop)
    return replace(
        drill,
        damages=wanted(taken.catalogue),
        controls=tried(restored.folder, taken, replace(against, live=live), asked, stop),
        projection=_projected(store, drill, proof, live),
    )


def _again(proof: ChromaProof, first: Answers) -> ChromaProof:
    """*proof* as the *first* read leaves it, which tells nothing new of versions."""
    known = proof.answers or first
    return replace(
        proof, answers=replace(first, version=known.version, migrations=known.migrations)
    )


def _settled(folder: Path, stop: Stop) -> None:
    """Let SQLite take over a journal or a log that lies beside the database."""
    path = folder / DATABASE
    if not any(path.with_name(DATABASE + end).is_file() for end in ("-wal", "-journal")):
        return
    try:
        with opened(path, "rw", stop) as connection:
            number(connection, "SELECT count(*) FROM sqlite_schema")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise CannotRestore("wal-refused", clean(str(error), 200)) from None


def _live(work: _Work, before: float) -> ChromaLive | None:
    live = work.store.live
    if work.served is not None or not live:
        return work.served
    return look_at_folder_live(work.bench.base / live, live, before, work.place.stop)


def _paired(work: _Work, restored: Restored) -> Pairing | None:
    store, bench = work.store, work.bench
    sqlite = bench.settings.sqlite_store(store.sqlite) if store.sqlite else None
    if sqlite is None:
        return None
    return paired(store, sqlite, work.backup.at, restored.folder, bench.base, work.place)


def _projected(
    store: ChromaStore, drill: ChromaDrill, proof: ChromaProof, live: ChromaLive | None
) -> Projection | None:
    measured = proof.catalogue.bytes
    if not measured or len(drill.phases) < len(PHASES):
        return None
    size = store.production_bytes or max(live.bytes if live is not None else 0, measured)
    return project(size, drill.phases, measured)
