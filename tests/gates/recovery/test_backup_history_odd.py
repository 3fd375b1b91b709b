"""Backups that are none, times that mislead, and forms that golive does not read."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from golive_gates.recovery.backups.times import time_of
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, judged, statuses
from tests.gates.saying import codes


@pytest.mark.parametrize("linked", [False, True])
def test_the_live_database_is_no_backup_of_itself(tmp_path: Path, linked: bool) -> None:
    stores.make_live(tmp_path / "live.db", wal=False)
    if linked:
        (tmp_path / "second.db").hardlink_to(tmp_path / "live.db")
    asked = stores.store(backups=("second.db" if linked else "*.db",))
    observation = stores.seen(tmp_path, asked)
    result = judged("backups-found", observation, asked)
    assert (result.status.value, codes(result)) == ("fail", ["backup-is-live"])
    held = {n for n, s in statuses(observation, asked).items() if s == "fail"}
    assert held == {"backups-found"}


def test_a_pattern_that_also_finds_the_live_database(tmp_path: Path) -> None:
    stores.history(tmp_path)
    asked = stores.store(backups=("**/*.db",))
    observation = stores.seen(tmp_path, asked)
    assert statuses(observation, asked) == {"backups-found": "warn"}
    assert codes(judged("backups-found", observation, asked)) == ["backup-is-live"]


def test_many_warnings_do_not_hide_a_backup_from_the_future(tmp_path: Path) -> None:
    live = stores.make_live(tmp_path / "live.db", wal=False)
    (tmp_path / "backups").mkdir()
    for number in range(30):
        at = NOW - timedelta(hours=6 * number, minutes=12)
        name = (at + timedelta(hours=9)).strftime("live-%Y%m%d-%H%M.db")  # local time
        copy = stores.copied(live, tmp_path / "backups" / name)
        os.utime(copy, (at.timestamp(), at.timestamp()))
    result = judged("backup-clock", stores.seen(tmp_path))
    assert result.status.value == "fail"
    assert codes(result).count("backup-from-the-future") == 2
    assert len(result.findings) == 20


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "1960-01-01", "1970-01-01T00:00Z"])
def test_times_before_there_were_any(text: str) -> None:
    assert time_of(text) is None


def packed_history(folder: Path, *, newest: bytes) -> None:
    live = stores.make_live(folder / "live.db", wal=False)
    (folder / "backups").mkdir()
    for number in range(5):
        at = NOW - timedelta(hours=6 * number, minutes=12)
        name = at.strftime("live-%Y%m%dT%H%M%SZ.db.zst")
        content = newest if number == 0 else b"\x28\xb5\x2f\xfd" + live.read_bytes()
        (folder / "backups" / name).write_bytes(content)


def test_a_whole_history_in_another_form_is_no_anomaly(tmp_path: Path) -> None:
    packed_history(tmp_path, newest=b"\x28\xb5\x2f\xfd" + bytes(20_000))
    observation = stores.seen(tmp_path)
    assert judged("backup-anomalies", observation).status.value == "pass"
    assert codes(judged("sqlite-restores", observation)) == ["archive-packing"]


def test_neighbours_in_another_form_than_the_newest_are(tmp_path: Path) -> None:
    packed_history(tmp_path, newest=b"SQLite format 3\0" + bytes(20_000))
    result = judged("backup-anomalies", stores.seen(tmp_path))
    assert codes(result) == ["backup-unknown"] * 4
