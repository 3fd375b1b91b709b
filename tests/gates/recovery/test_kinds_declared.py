"""A release with stores of one kind is not asked for the other; one without any is not let off."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from golive.api import Observation, Reason, Unavailable
from golive_gates.recovery.observers.chroma import ChromaObserver
from golive_gates.recovery.observers.sqlite import SqliteObserver
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import chroma_stores, stores

CHROMA = {n for n in stores.CHECKS if n.startswith("chroma")}
SQLITE = {n for n in stores.CHECKS if n.startswith("sqlite")}
SHARED = {"rpo", "rto", "drill-sound"}


def _statuses(names: set[str], observation: Observation, settings: Settings) -> set[str]:
    return {stores.judged(n, observation, settings).status.value for n in names}


def test_sqlite_alone_passes(tmp_path: Path) -> None:
    stores.history(tmp_path)
    observation = stores.seen(tmp_path)
    assert len(CHROMA) == 5
    assert _statuses(CHROMA, observation, stores.SETTINGS) == {"not-applicable"}
    assert _statuses(SQLITE | SHARED, observation, stores.SETTINGS) == {"pass"}


def test_chroma_alone_passes(tmp_path: Path) -> None:
    chroma_stores.laid_out(tmp_path)
    observation, asked = chroma_stores.seen(tmp_path), chroma_stores.SETTINGS
    assert len(SQLITE) == 3
    assert _statuses(SQLITE, observation, asked) == {"not-applicable"}
    assert _statuses((CHROMA | SHARED) - {"chroma-consistency"}, observation, asked) == {"pass"}


def test_without_any_store_the_question_is_open(tmp_path: Path) -> None:
    observation = stores.seen(tmp_path, Settings())
    assert _statuses(CHROMA | SQLITE | SHARED, observation, Settings()) == {"inconclusive"}


@pytest.mark.parametrize("kind", ["SqliteDrills", "ChromaDrills"])
def test_a_drill_that_did_not_happen_is_not_let_off(kind: str) -> None:
    """Not even where the store is of the one kind: absent is what was not declared."""
    gap = Unavailable(Reason("core.cancelled"), kind="error")
    observation = Observation({"SqliteDrills": gap, "ChromaDrills": gap})
    asked = stores.SETTINGS if kind == "SqliteDrills" else chroma_stores.SETTINGS
    names = SQLITE if kind == "SqliteDrills" else CHROMA
    found = {stores.CHECKS[n].evaluate(observation, asked).status.value for n in names}
    assert found == {"error"}


def test_the_plan_follows_the_size(tmp_path: Path) -> None:
    scope = stores.context(tmp_path).scope
    (none,) = SqliteObserver().plan(scope, stores.SETTINGS)
    made = stores.history(tmp_path, 1, newest=timedelta(hours=1))
    with made[0].file.open("r+b") as stream:
        stream.truncate(3_000_000_000)  # a hole: it takes no room
    (big,) = SqliteObserver().plan(scope, stores.SETTINGS)
    assert (none.seconds, 90 < big.seconds < 200) == (2.0, True)
    snapshot = chroma_stores.laid_out(tmp_path, live=False)
    (small,) = ChromaObserver().plan(scope, chroma_stores.SETTINGS)
    with (snapshot / "chroma.sqlite3").open("r+b") as stream:
        stream.truncate(2_000_000_000)
    (large,) = ChromaObserver().plan(scope, chroma_stores.SETTINGS)
    assert large.seconds > small.seconds + 60
