"""Restored Chroma stores beside manifests, live stores, servers and SQLite backups."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from golive.api import Observation, Unavailable
from golive_gates.recovery.archives.limits import Limits
from golive_gates.recovery.chroma.pairing import paired
from golive_gates.recovery.chroma.records import (
    Answers,
    ChromaDrill,
    ChromaLive,
    ChromaProof,
    Pairing,
    Stated,
)
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.observers.chroma import ChromaObserver
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills
from golive_gates.recovery.sqlite.restoring import Place
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import cases_chroma as c
from tests.gates.recovery import chroma_stores, stores
from tests.gates.recovery.cases_backups import HOUR, NOW
from tests.gates.saying import codes

STOP = Stop()


def judged(name: str, drill: ChromaDrill) -> tuple[str, list[str]]:
    """Status and codes of a judge over *drill*."""
    result = stores.judged(name, c.observed(drill), c.SETTINGS)
    return result.status.value, codes(result)


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        (Stated(True, "", {"scripts": 101}), "count-differs"),
        (Stated(True, "", {"scripts": 100, "gone": 3}), "collection-missing"),
        (Stated(True, "", {"scripts": 100}, {"scripts": "9" * 64}), "ids-differ"),
    ],
)
def test_what_the_manifest_states(stated: Stated, code: str) -> None:
    assert judged("chroma-content", replace(c.DRILL, stated=stated)) == ("fail", [code])


def test_a_file_that_is_another(tmp_path: Path) -> None:
    drill = replace(c.DRILL, differing=("v1/data_level0.bin",))
    assert judged("chroma-content", drill) == ("fail", ["file-differs"])
    assert judged("rpo", drill)[0] == "inconclusive"


def _lived(**changes: Any) -> ChromaDrill:
    live = ChromaLive("live", "", "", {"scripts": 100}, NOW - HOUR, 90, 9_000)
    return replace(c.DRILL, stated=Stated(), live=replace(live, **changes))


def test_what_the_live_store_says() -> None:
    assert judged("chroma-content", _lived()) == ("pass", [])
    assert judged("chroma-content", _lived(before=101)) == ("fail", ["records-missing"])
    assert judged("chroma-content", replace(c.DRILL, stated=Stated(), live=None)) == (
        *("inconclusive", ["content-unstated"]),
    )
    served = _lived(before=None, newest=None, counts={"scripts": 103})
    assert judged("chroma-content", served) == ("inconclusive", ["counts-apart"])
    # A manifest says which of the two is right.
    assert judged("chroma-content", replace(served, stated=c.DRILL.stated)) == ("pass", [])
    for problem in ("live-locked", "live-missing", "live-unreadable"):
        assert judged("chroma-content", _lived(problem=problem)) == ("inconclusive", [problem])


def test_a_pair_whose_times_cannot_be_right_is_the_clocks() -> None:
    apart = Pairing("shop", "sqlite/a", NOW + 10 * HOUR, 11 * HOUR, problem="pair-apart")
    result = stores.judged(
        "chroma-consistency", c.observed(replace(c.DRILL, pairing=apart)), c.SETTINGS
    )
    assert (result.status.value, result.blocked_by) == (*("inconclusive", "recovery.backup-clock"),)
    past = replace(apart, at=NOW - 12 * HOUR)
    assert judged("chroma-consistency", replace(c.DRILL, pairing=past)) == ("fail", ["pair-apart"])
    # The snapshot's own clock may be the wrong one.
    ahead = replace(c.DRILL, at=NOW + 9 * HOUR, pairing=replace(past, at=NOW - HOUR))
    result = stores.judged("chroma-consistency", c.observed(ahead), c.SETTINGS)
    assert result.blocked_by == "recovery.backup-clock"
    # What fits all the same is no matter of clocks.
    fits = Pairing("shop", "sqlite/a", NOW + 2 * HOUR, 3 * HOUR, chroma=40, sqlite=42)
    assert judged("chroma-consistency", replace(c.DRILL, pairing=fits)) == ("pass", [])


def _old(live: ChromaLive | None) -> ChromaDrill:
    seen = replace(c.CATALOGUE, newest=NOW - 30 * HOUR)
    return replace(c.DRILL, proof=ChromaProof(seen, c.ANSWERS), live=live)


def test_the_age_of_the_data() -> None:
    assert judged("rpo", c.DRILL) == ("pass", [])
    assert judged("rpo", _old(None)) == ("inconclusive", ["age-unknown"])
    newer = ChromaLive("live", "", "", {"scripts": 100}, NOW - HOUR, 90)
    assert judged("rpo", _old(newer)) == ("fail", ["chroma-too-old"])
    # Nothing was written since, so that nothing is lost.
    same = replace(newer, newest=NOW - 30 * HOUR)
    assert judged("rpo", _old(same)) == ("pass", [])
    more = replace(newer, newest=None, before=None, counts={"scripts": 101})
    assert judged("rpo", _old(more)) == ("inconclusive", ["age-unknown"])


def test_no_record_is_newer_than_the_snapshot_that_holds_it() -> None:
    # A client that copies records dates them anew, which makes old data look young.
    live = ChromaLive("live", "", "", {"scripts": 100}, NOW - HOUR, 90)
    copied = replace(c.DRILL, at=NOW - 48 * HOUR, at_from="manifest", live=live)
    assert judged("rpo", copied) == ("fail", ["chroma-too-old"])
    # A name may tell the day alone.
    assert judged("rpo", replace(copied, at_from="name")) == ("pass", [])
    assert judged("rpo", replace(copied, at=NOW - 2 * HOUR)) == ("pass", [])


UNREAD = Pairing("shop", "sqlite/a.db", NOW - HOUR, HOUR, problem="pair-unrestored")
TORN = Pairing("shop", "sqlite/a.db", NOW - HOUR, HOUR, chroma=9, sqlite=5, orphans=4, later=True)


@pytest.mark.parametrize("unread", [UNREAD, TORN], ids=["unread", "torn"])
def test_a_pair_whose_database_cannot_be_restored_is_the_restorations(unread: Pairing) -> None:
    bad = SqliteDrill("shop", NOW, "sqlite/a.db", problem="not-sqlite")
    seen = c.observed(replace(c.DRILL, pairing=unread))
    both = Observation({**seen.parts, "SqliteDrills": SqliteDrills((bad,))})
    result = stores.judged("chroma-consistency", both, c.SETTINGS)
    assert (result.status.value, result.blocked_by) == (
        *("inconclusive", "recovery.sqlite-restores"),
    )
    other = Observation({**seen.parts, "SqliteDrills": SqliteDrills((replace(bad, backup="b"),))})
    assert stores.judged("chroma-consistency", other, c.SETTINGS).blocked_by is None


def test_a_damage_that_was_let_through() -> None:
    controls = (replace(c.DRILL.controls[0], caught=()), *c.DRILL.controls[1:])
    assert judged("drill-sound", replace(c.DRILL, controls=controls)) == ("fail", ["damage-missed"])
    assert judged("drill-sound", replace(c.DRILL, controls=c.DRILL.controls[1:])) == (
        *("inconclusive", ["control-untried"]),
    )


def test_a_few_that_are_not_found_are_a_warning() -> None:
    assert judged("chroma-queries", c.answered(found=31)) == ("warn", ["not-found-itself"])
    assert judged("chroma-queries", c.answered(found=30)) == ("fail", ["not-found-itself"])
    assert judged("chroma-queries", c.answered(short=1)) == ("fail", ["query-short"])
    assert judged("chroma-queries", c.answered(count=99)) == ("fail", ["count-answered"])
    assert judged("chroma-queries", c.answered(found=31, blank=1)) == ("fail", ["embeddings-blank"])


def test_a_store_with_nothing_in_it_proves_nothing() -> None:
    nothing = c.with_collection(records=0, indexed=0, files=None)
    answers = replace(c.ANSWERS, asked=(replace(c.ASKED, count=0, sampled=0, ids=0, found=0),))
    assert nothing.proof is not None
    proof = replace(nothing.proof, answers=answers)
    drill = replace(nothing, proof=proof, stated=Stated(), live=None)
    assert judged("chroma-queries", drill) == ("inconclusive", ["nothing-held"])


def test_both_kinds_of_drills_are_needed_where_both_are_declared() -> None:
    gap = replace(c.UNSEEN, kind="error")
    observation = c.observed().with_part("SqliteDrills", gap)
    assert stores.judged("rto", observation, c.SETTINGS).status.value == "error"


def _shop(base: Path, projects: int, hour: int = 12) -> None:
    (base / "sqlite").mkdir(exist_ok=True)
    with closing(sqlite3.connect(base / "sqlite" / f"shop-20260301T{hour:02d}0000Z.db")) as db, db:
        db.execute("CREATE TABLE projects (id TEXT)")
        db.executemany("INSERT INTO projects VALUES (?)", [(f"p{n}",) for n in range(projects)])


def _paired(base: Path, hour: int = 11, **changes: Any) -> Pairing:
    place = base / "place"
    place.mkdir(exist_ok=True)
    at = datetime(2026, 3, 1, hour, 30, tzinfo=UTC).timestamp()
    given = {"ids": chroma_stores.IDS, "sqlite": "shop", **changes}
    settings = chroma_stores.store(**given)
    work = Place(place, Stopwatch(lambda: 0.0), Limits(), STOP)
    return paired(settings.chroma[0], settings.sqlite[0], at, chroma_stores.sound(), base, work)


def _pair_judged(pair: Pairing) -> tuple[str, list[str]]:
    drill = replace(c.DRILL, now=max(c.DRILL.now, pair.at), pairing=pair)
    return judged("chroma-consistency", drill)


def test_a_pair_that_fits(tmp_path: Path) -> None:
    _shop(tmp_path, 50)
    pair = _paired(tmp_path)
    assert (pair.chroma, pair.sqlite, pair.orphans, pair.unindexed) == (42, 50, 0, 8)
    assert (pair.problem, pair.later, pair.apart) == ("", True, 1800.0)
    assert _pair_judged(pair) == ("pass", [])


def test_ids_that_the_database_does_not_have(tmp_path: Path) -> None:
    _shop(tmp_path, 40)
    pair = _paired(tmp_path)
    assert (pair.orphans, pair.example) == (2, "p40")
    assert _pair_judged(pair) == ("fail", ["orphans"])


def test_the_database_was_backed_up_before_the_snapshot(tmp_path: Path) -> None:
    _shop(tmp_path, 40)
    assert _pair_judged(_paired(tmp_path, 12)) == ("inconclusive", ["orphans-late"])


def test_pairs_that_cannot_be_compared(tmp_path: Path) -> None:
    assert _pair_judged(_paired(tmp_path)) == ("inconclusive", ["pair-no-backup"])
    _shop(tmp_path, 50)
    assert _pair_judged(_paired(tmp_path, ids=None)) == ("inconclusive", ["pair-undeclared"])
    assert _pair_judged(_paired(tmp_path, 1)) == ("fail", ["pair-apart"])
    wrong = replace(chroma_stores.IDS, column="key")
    unread = _paired(tmp_path, ids=wrong)
    assert _pair_judged(unread) == ("inconclusive", ["pair-unread"])
    shutil.rmtree(tmp_path / "place")
    other = replace(chroma_stores.IDS, metadata="nothing")
    assert _pair_judged(_paired(tmp_path, ids=other)) == ("inconclusive", ["pair-nothing"])


def test_chromadb_that_is_not_installed_leaves_the_rest_open() -> None:
    drill = replace(c.DRILL, proof=ChromaProof(c.CATALOGUE, Answers("chroma-missing", "no module")))
    assert judged("chroma-restores", drill) == ("inconclusive", ["chroma-missing"])
    for name in ("chroma-vectors", "chroma-queries", "chroma-content", "rpo", "rto"):
        result = stores.judged(name, c.observed(drill), c.SETTINGS)
        assert (result.status.value, result.blocked_by) == (
            *("inconclusive", "recovery.chroma-restores"),
        )
    broken = c.with_collection(files=replace(c.COLLECTION.files, missing=("folder",)))
    assert judged("chroma-vectors", broken)[0] == "fail"


def test_nothing_is_declared(tmp_path: Path) -> None:
    part = asyncio.run(ChromaObserver().observe(stores.context(tmp_path), stores.SETTINGS))
    assert isinstance(part, Unavailable)
    assert part.kind == "absent"
    observation = Observation({"ChromaDrills": part})
    nothing = stores.Settings()
    assert stores.judged("chroma-restores", observation, nothing).status.value == "inconclusive"
