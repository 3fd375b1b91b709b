"""Live databases that are not as they should be: nothing is created beside them."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from golive_gates.recovery.creating import sqlite as making
from golive_gates.recovery.sqlite import live
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, judged, statuses
from tests.gates.saying import codes


def inside(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def left_behind(folder: Path, ends: tuple[str, ...]) -> Path:
    """A database as a killed service left it: with its files, but nobody who has it open."""
    place = folder / "left"
    place.mkdir()
    with stores.in_use(folder / "live.db", "INSERT INTO words VALUES ('unmoved', 1)"):
        for end in ends:
            shutil.copy(f"{folder / 'live.db'}{end}", place / f"live.db{end}")
    return place / "live.db"


def test_a_log_that_was_left_behind_is_read_from_a_copy(tmp_path: Path) -> None:
    stores.history(tmp_path)
    path = left_behind(tmp_path, ("", "-wal"))
    before = inside(path.parent)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    asked = stores.store(live="left/live.db")
    asked = stores.replace(asked, scratch="scratch")
    observation = stores.seen(tmp_path, asked)
    assert statuses(observation, asked) == {}
    assert inside(path.parent) == before
    assert list(scratch.iterdir()) == []


def test_a_backup_of_it_has_what_is_in_the_log(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    path = left_behind(tmp_path, ("", "-wal"))
    before = inside(path.parent)
    made = making.create(making.Wanted(path, tmp_path / "backups"), NOW, Stop())
    assert inside(path.parent) == before
    assert {p.name for p in (tmp_path / "backups").iterdir()} == {
        made.file.name,
        made.manifest.name,
    }
    with closing(sqlite3.connect(made.file)) as db:
        assert db.execute("SELECT n FROM words WHERE word = 'unmoved'").fetchone() == (1,)


def test_no_room_for_that_copy_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.history(tmp_path)
    left_behind(tmp_path, ("", "-wal"))

    def full(folder: Path, needed: int) -> None:
        raise live.NoSpace(str(folder), needed, 0)

    monkeypatch.setattr(live, "demand_room", full)
    asked = stores.store(live="left/live.db")
    observation = stores.seen(tmp_path, asked)
    assert codes(judged("sqlite-schema", observation, asked)) == ["live-unreadable"]
    assert "fail" not in statuses(observation, asked).values()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    stores.history(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    asked = stores.store(live="pipe")
    observation = stores.seen(tmp_path, asked)
    assert codes(judged("sqlite-schema", observation, asked)) == ["live-unreadable"]


def test_an_empty_live_database_is_no_schema_to_compare_with(tmp_path: Path) -> None:
    stores.history(tmp_path)
    (tmp_path / "typo.db").touch()
    asked = stores.store(live="typo.db")
    observation = stores.seen(tmp_path, asked)
    result = judged("sqlite-schema", observation, asked)
    assert (result.status.value, codes(result)) == ("inconclusive", ["live-empty"])
    assert statuses(observation, asked) == {"sqlite-schema": "inconclusive"}


def test_a_transaction_that_was_cut_off_is_named(tmp_path: Path) -> None:
    stores.history(tmp_path)
    with closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as db:
        db.execute("CREATE TABLE t (x)")
        db.execute("PRAGMA cache_size=1")
        db.execute("BEGIN")
        for _ in range(300):
            db.execute("INSERT INTO t VALUES (randomblob(500))")
        for end in ("", "-journal"):
            shutil.copy(f"{tmp_path / 'other.db'}{end}", f"{tmp_path / 'cut.db'}{end}")
    asked = stores.store(live="cut.db")
    assert codes(judged("sqlite-schema", stores.seen(tmp_path, asked), asked)) == ["live-cut-off"]


def linked(folder: Path) -> Path:
    """A link to the live database, as a folder of releases has it."""
    link = folder / "links" / "current.db"
    link.parent.mkdir()
    link.symlink_to(folder / "live.db")
    return link


def test_a_link_to_a_database_has_its_log_elsewhere(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "live.db")
    link = linked(tmp_path)
    with stores.in_use(path, "INSERT INTO words VALUES ('in the log', 7)"):
        made = making.create(making.Wanted(link, tmp_path / "backups"), NOW, Stop())
    with closing(sqlite3.connect(made.file)) as db:
        assert db.execute("SELECT n FROM words WHERE word = 'in the log'").fetchone() == (7,)


def test_a_comparison_through_a_link_sees_the_log_too(tmp_path: Path) -> None:
    stores.history(tmp_path)
    link = linked(tmp_path)
    with stores.in_use(tmp_path / "live.db", "CREATE TABLE newer (x)"):
        asked = stores.store(live=str(link.relative_to(tmp_path)))
        observation = stores.seen(tmp_path, asked)
        assert codes(judged("sqlite-schema", observation, asked)) == ["schema-missing"]
