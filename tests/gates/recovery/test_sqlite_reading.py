"""Times, digests and odd names: what is read out of any database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive_gates.recovery.backups.records import TableFigures
from golive_gates.recovery.sqlite.canaries import canary_figures
from golive_gates.recovery.sqlite.digests import digest, table_names
from golive_gates.recovery.sqlite.opening import opened
from golive_gates.recovery.sqlite.proving import prove
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery.stores import CANARY, NOW


@pytest.mark.parametrize(
    "value",
    [
        NOW.isoformat(),
        NOW.strftime("%Y-%m-%d %H:%M:%S"),
        "2026-03-01T21:40:00.000+09:00",
        int(NOW.timestamp()),
        NOW.timestamp(),
        int(NOW.timestamp() * 1000),
    ],
)
def test_times_of_every_form(tmp_path: Path, value: object) -> None:
    path = tmp_path / "c.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE backup_canary (written_at)")
        odd = ["now", "", None, b"2026-03-01", -1, "soon", 1e300, "2026-99-99"]
        db.executemany("INSERT INTO backup_canary VALUES (?)", [(v,) for v in [*odd, value]])
    with opened(path, "ro", Stop()) as db:
        found = canary_figures(db, CANARY, before=NOW.timestamp(), named=9)
    assert (found.rows, found.timed, found.newest, found.before, found.named) == (
        *(9, 1, NOW.timestamp(), 1, True),
    )


Cell = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(), st.binary()
)


@settings(max_examples=60)
@given(st.lists(st.tuples(Cell, Cell), max_size=12), st.data())
def test_digests_tell_any_two_contents_apart(
    rows: list[tuple[object, object]], data: st.DataObject
) -> None:
    def figures(content: list[tuple[object, object]]) -> TableFigures:
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute("CREATE TABLE t (a, b)")
            db.executemany("INSERT INTO t VALUES (?, ?)", content)
            db.text_factory = bytearray
            return digest(db, "t", Stop())

    assert figures(rows) == figures(rows)
    other = data.draw(st.lists(st.tuples(Cell, Cell), max_size=12))
    plain = [repr(r) for r in rows], [repr(r) for r in other]
    # -0.0 is stored as 0.0.
    if str(plain[0]).replace("-0.0", "0.0") != str(plain[1]).replace("-0.0", "0.0"):
        assert figures(rows) != figures(other)


def test_odd_names_text_that_is_no_utf8_and_shadow_tables(tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute('CREATE TABLE "a ""b"" %s" (rowid TEXT, _rowid_ TEXT, oid TEXT)')
        db.execute("""INSERT INTO "a ""b"" %s" VALUES (CAST(x'ff80' AS TEXT), 'x', NULL)""")
        db.execute("CREATE TABLE w (k TEXT, n INTEGER, PRIMARY KEY (n, k)) WITHOUT ROWID")
        db.execute("INSERT INTO w VALUES ('a', 1)")
        db.execute("CREATE TABLE gen (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2))")
        db.execute("INSERT INTO gen VALUES (4)")
        db.execute("CREATE TABLE seq (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        db.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
        db.execute("INSERT INTO words VALUES ('한국어 본문')")
    proof = prove(path, Stop())
    assert (proof.problem, proof.integrity) == ("", ())
    assert {'a "b" %s', "w", "gen", "seq", "words_content"} <= proof.tables.keys()
    assert "words" not in proof.tables
    with opened(path, "ro", Stop()) as db:
        assert "sqlite_sequence" not in table_names(db)
