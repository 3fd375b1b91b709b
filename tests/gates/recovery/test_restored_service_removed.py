"""A row that is taken out of the copy tells a service on restored data from one on live data."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from golive_gates.recovery.service.rows import Values, values_of
from golive_gates.recovery.service.settings import RowValue
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery.service_scripts import asked, context, drilled, judged, laid_out
from tests.gates.saying import codes


def database(folder: Path, script: str) -> Path:
    path = folder / "a.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    return path


def chosen(path: Path, table: str = "t", column: str = "v", count: int = 5) -> Values:
    return values_of(path, RowValue("shop", table, column), count, Stop())


def rows(path: Path, query: str = "SELECT v FROM t ORDER BY rowid") -> list[object]:
    with closing(sqlite3.connect(path)) as db:
        return [value for (value,) in db.execute(query)]


def test_the_service_does_not_know_it(tmp_path: Path) -> None:
    laid_out(tmp_path)
    seen = drilled(context(tmp_path), asked())
    assert seen.removed is not None
    assert (seen.removed.status, seen.removed.has_value) == (404, False)
    assert seen.removed.value not in {a.value for a in seen.answers}


def test_a_service_on_live_data_proves_nothing(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    laid_out(tmp_path, f"database = {str(live)!r}")
    before = live.read_bytes()
    result = judged(tmp_path)
    assert (result.status.value, codes(result)) == ("inconclusive", ["reads-elsewhere"])
    assert live.read_bytes() == before


def test_the_last_row_that_is_not_asked_for_goes(tmp_path: Path) -> None:
    path = database(
        tmp_path,
        "PRAGMA journal_mode=wal; CREATE TABLE t (v TEXT);"
        "INSERT INTO t VALUES ('a'), ('b'), ('c'), ('c'), ('d');",
    )
    assert chosen(path, count=2) == Values(("a", "d"), "e", "c")
    assert rows(path) == ["a", "b", "d"]
    assert not path.with_name("a.db-wal").exists()


def test_of_few_rows_one_is_not_asked_for(tmp_path: Path) -> None:
    path = database(tmp_path, "CREATE TABLE t (v INTEGER); INSERT INTO t VALUES (7), (8), (9);")
    found = chosen(path)
    assert (found.asked, found.removed) == (("7", "9"), "8")


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a');",
        (
            "CREATE TABLE s (w TEXT); INSERT INTO s VALUES ('a'), ('b');"
            "CREATE VIEW t AS SELECT w AS v FROM s;"
        ),
        (
            "CREATE TABLE t (v TEXT PRIMARY KEY); INSERT INTO t VALUES ('a'), ('b'), ('c');"
            "CREATE TABLE s (w REFERENCES t (v)); INSERT INTO s SELECT v FROM t;"
        ),
        (
            "CREATE TABLE t (v TEXT PRIMARY KEY); INSERT INTO t VALUES ('a'), ('b'), ('c');"
            "CREATE TABLE s (w REFERENCES t (v) DEFERRABLE INITIALLY DEFERRED);"
            "INSERT INTO s SELECT v FROM t;"
        ),
        (
            "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), ('b'), ('c');"
            "CREATE TRIGGER no BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END;"
        ),
        (
            "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), ('b'), ('c');"
            "CREATE TRIGGER back AFTER DELETE ON t BEGIN INSERT INTO t VALUES (OLD.v); END;"
        ),
        (
            "CREATE TABLE t (v TEXT PRIMARY KEY, p REFERENCES t (v) ON DELETE CASCADE);"
            "INSERT INTO t VALUES ('a', 'b'), ('b', NULL), ('c', 'b');"
        ),
    ],
    ids=["single", "view", "referred-to", "deferred", "refused", "put-back", "takes-others-along"],
)
def test_what_cannot_be_taken_out_stays_and_is_asked_for(tmp_path: Path, script: str) -> None:
    path = database(tmp_path, script)
    before = rows(path, "SELECT v FROM t ORDER BY v")
    found = chosen(path, count=2 if "CASCADE" in script else 5)
    assert found.removed == ""
    assert found.asked
    assert rows(path, "SELECT v FROM t ORDER BY v") == before
