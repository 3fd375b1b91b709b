"""Backups of databases that were not at rest, and drills of which something cannot be told."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from golive_gates.recovery.creating import sqlite as making
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, judged, statuses
from tests.gates.saying import codes

NAME = f"live-{(NOW - timedelta(minutes=5)).strftime('%Y%m%dT%H%M%SZ')}.db"


@pytest.mark.parametrize("folder", [False, True])
def test_a_journal_beside_a_backup_is_rolled_back(tmp_path: Path, folder: bool) -> None:
    """As a snapshot of the volume takes it, in the midst of a transaction."""
    path = stores.make_live(tmp_path / "live.db", rows=3_000, wal=False)
    place = tmp_path / "backups" / (NAME.removesuffix(".db") if folder else "")
    place.mkdir(parents=True)
    target = place / ("live.db" if folder else NAME)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size=1")
        db.execute("BEGIN")
        db.execute("UPDATE items SET name = 'half of it', price = NULL, data = zeroblob(90)")
        for end in ("", "-journal"):
            shutil.copy(f"{path}{end}", f"{target}{end}")
        db.execute("ROLLBACK")
    assert target.read_bytes() != path.read_bytes()
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    observation = stores.seen(tmp_path)
    assert judged("sqlite-restores", observation).status.value == "pass"
    assert judged("sqlite-content", observation).status.value == "pass"
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before


def test_room_behind_the_last_page_does_not_harm_the_drill(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    with made.file.open("ab") as stream:
        stream.write(bytes(4 * made.size))
    stores.rewritten(made, sha256=None, size_bytes=None)
    assert statuses(stores.seen(tmp_path)) == {}


def test_a_reference_to_what_is_no_key(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "live.db", wal=False)
    stores.change(
        path,
        "CREATE TABLE parents (id INTEGER)",
        "CREATE TABLE children (parent REFERENCES parents(id))",
        "INSERT INTO children VALUES (1)",
    )
    stores.copied(path, tmp_path / "backups" / NAME)
    result = judged("sqlite-restores", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == ("fail", ["foreign-key"])


def test_references_that_lead_nowhere_do_not_keep_a_backup_from_being_made(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "live.db", wal=False)
    stores.change(path, "PRAGMA foreign_keys=OFF", "DELETE FROM owners WHERE id = 2")
    made = making.create(making.Wanted(path, tmp_path / "backups"), NOW, Stop())
    assert made.manifest.exists()
    assert made.broken[0] == "items row 1 -> owners"
    # The drill says so.
    assert codes(judged("sqlite-restores", stores.seen(tmp_path)))[0] == "foreign-key"


@pytest.mark.parametrize("values", [1_772_366_400_000_000, "20260301T120000Z", "1772366400"])
def test_times_in_a_form_that_is_not_read_refute_nothing(tmp_path: Path, values: int | str) -> None:
    path = stores.make_live(tmp_path / "live.db")
    stores.change(path, "CREATE TABLE ev (id INTEGER PRIMARY KEY, t)")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO ev (t) VALUES (?)", (values,))
    making.create(
        making.Wanted(path, tmp_path / "backups", Canary("ev", "t")),
        NOW - timedelta(minutes=5),
        Stop(),
    )
    asked = stores.store(canary=Canary("ev", "t"))
    observation = stores.seen(tmp_path, asked)
    result = judged("rpo", observation, asked)
    assert (result.status.value, codes(result)) == ("inconclusive", ["canary-form"])
    sound = judged("drill-sound", observation, asked)
    assert (sound.status.value, sound.blocked_by) == ("inconclusive", "recovery.rpo")
    assert codes(sound) == []


@pytest.mark.parametrize("row", ["", "INSERT INTO ev (t) VALUES (NULL)"])
def test_no_time_at_all_is_no_proof_of_age(tmp_path: Path, row: str) -> None:
    path = stores.make_live(tmp_path / "live.db")
    stores.change(path, "CREATE TABLE ev (id INTEGER PRIMARY KEY, t)", *([row] if row else []))
    making.create(making.Wanted(path, tmp_path / "backups"), NOW - timedelta(minutes=5), Stop())
    asked = stores.store(canary=Canary("ev", "t"))
    result = judged("rpo", stores.seen(tmp_path, asked), asked)
    assert (result.status.value, codes(result)) == ("fail", ["canary-none"])


def test_two_that_write_the_same_backup(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "live.db")
    into = tmp_path / "backups"
    into.mkdir()
    (into / f".live-{NOW.strftime('%Y%m%dT%H%M%SZ')}.db.partial").touch()
    with pytest.raises(FileExistsError, match="another process"):
        making.create(making.Wanted(path, into), NOW, Stop())


def test_a_copy_that_cannot_be_written_does_not_speak_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stores.make_live(tmp_path / "live.db")
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL

    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr(making, "copy_online", full)
    with pytest.raises(making.BackupFailed, match=r"backups: .*full"):
        making.create(making.Wanted(path, tmp_path / "backups"), NOW, Stop())
