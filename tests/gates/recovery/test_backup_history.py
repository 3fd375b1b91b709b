"""The history of backups: what is found, from when, and where it has holes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.times import time_in_name, time_of, written
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, SETTINGS, judged, statuses
from tests.gates.saying import codes


def failing(folder: Path, settings: stores.Settings = SETTINGS) -> list[str]:
    found = statuses(stores.seen(folder, settings), settings)
    return [name for name, status in found.items() if status == "fail"]


def remove(made: stores.Made) -> None:
    made.file.unlink()
    made.manifest.unlink()


def test_a_hole_in_the_middle_is_a_gap_and_nothing_else(tmp_path: Path) -> None:
    remove(stores.history(tmp_path)[2])
    assert failing(tmp_path) == ["backup-gaps"]
    result = judged("backup-gaps", stores.seen(tmp_path))
    (finding,) = result.findings
    assert finding.reason.params["step"] == 12 * 3600.0
    assert result.measurement is not None
    assert (result.measurement.value, result.measurement.n) == (12 * 3600, 3)


def test_stale_backups_break_the_rpo_and_nothing_else(tmp_path: Path) -> None:
    stores.history(tmp_path, newest=timedelta(hours=7))
    assert failing(tmp_path) == ["rpo"]
    result = judged("rpo", stores.seen(tmp_path))
    assert codes(result) == ["too-old"]
    assert result.measurement is not None
    assert result.measurement.value == 7 * 3600


def test_fresh_files_of_old_data_break_the_rpo(tmp_path: Path) -> None:
    """A job that writes no canary and copies the same data again."""
    stores.history(tmp_path, newest=timedelta(hours=7))
    stores.back_up(tmp_path, NOW - timedelta(hours=1), canary=False)
    assert failing(tmp_path) == ["rpo"]


def test_a_short_history(tmp_path: Path) -> None:
    stores.history(tmp_path, 3)
    assert failing(tmp_path) == ["retention"]
    assert failing(tmp_path, stores.store(retention=12 * 3600.0)) == []


def test_no_backup_at_all(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    assert failing(tmp_path) == ["backups-found"]
    observation = stores.seen(tmp_path)
    blocked = {judged(n, observation).blocked_by for n in ("backup-gaps", "rpo", "drill-sound")}
    assert blocked == {"recovery.backups-found"}


def test_nothing_declared_is_no_pass(tmp_path: Path) -> None:
    settings = stores.Settings()
    observation = stores.seen(tmp_path, settings)
    assert set(statuses(observation, settings).values()) == {"inconclusive"}


def test_an_interrupted_backup_is_not_the_newest(tmp_path: Path) -> None:
    made = stores.history(tmp_path)
    made[-1].manifest.unlink()
    observation = stores.seen(tmp_path)
    newest = stores.backups(observation).stores[0].newest
    assert newest is not None
    assert newest.path == f"backups/{made[-2].file.name}"
    assert statuses(observation) == {"backups-found": "warn", "rpo": "fail"}
    assert codes(judged("backups-found", observation)) == ["backup-interrupted"]


def test_a_manifest_without_its_backup(tmp_path: Path) -> None:
    made = stores.history(tmp_path)
    made[1].file.unlink()
    assert "backup-gone" in codes(judged("backups-found", stores.seen(tmp_path)))


@pytest.mark.parametrize("text", ["{", "[]", '{"created_at": "soon"}', '{"tables": {"a": -1}}'])
def test_a_manifest_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    stores.history(tmp_path)[-1].manifest.write_text(text, "utf-8")
    result = judged("backups-found", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == ("fail", ["manifest-unreadable"])


def test_a_backup_from_the_future(tmp_path: Path) -> None:
    stores.history(tmp_path)
    stores.back_up(tmp_path, NOW + timedelta(hours=2))
    observation = stores.seen(tmp_path)
    assert failing(tmp_path) == ["backup-clock"]
    assert set(codes(judged("backup-clock", observation))) == {
        *("backup-from-the-future", "record-from-the-future"),
    }
    assert judged("rpo", observation).blocked_by == "recovery.backup-clock"


def test_a_name_that_says_another_time(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    other = made.file.with_name("live-20260301T210000Z.db")
    made.file.rename(other)
    stores.rewritten(made, file=other.name)
    made.manifest.rename(made.manifest.with_name("live-20260301T210000Z.manifest.json"))
    observation = stores.seen(tmp_path)
    assert statuses(observation) == {"backup-clock": "warn"}
    assert codes(judged("backup-clock", observation)) == ["backup-times-differ"]


def test_a_file_that_is_older_than_it_says(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    old = (NOW - timedelta(days=1)).timestamp()
    os.utime(made.file, (old, old))
    assert codes(judged("backup-clock", stores.seen(tmp_path))) == ["backup-file-older"]


def test_rows_that_vanish_between_two_backups(tmp_path: Path) -> None:
    made = stores.history(tmp_path)
    tables = {"items": {"rows": 0}, "owners": {"rows": 8}, "words": {"rows": 50}}
    stores.rewritten(made[1], tables=tables)
    observation = stores.seen(tmp_path)
    assert statuses(observation) == {"backup-anomalies": "fail"}
    (finding,) = judged("backup-anomalies", observation).findings
    assert finding.reason.params == {"table": "items", "before": 300, "rows": 0}


def test_an_empty_backup_in_the_history(tmp_path: Path) -> None:
    made = stores.history(tmp_path)
    made[1].file.write_bytes(b"")
    assert codes(judged("backup-anomalies", stores.seen(tmp_path))) == ["backup-empty"]


def test_files_that_are_no_backups_are_left_alone(tmp_path: Path) -> None:
    stores.history(tmp_path)
    folder = tmp_path / "backups"
    for name in ("x.db-wal", "x.db-shm", ".y.db.partial", "z.tmp", "a.db.sha256"):
        (folder / name).write_bytes(b"x")
    (folder / "lost+found").mkdir()
    assert statuses(stores.seen(tmp_path)) == {}


def test_patterns_of_every_kind_find_the_same(tmp_path: Path) -> None:
    made = stores.history(tmp_path, 3)
    for pattern in ("backups", "backups/", "backups/*", "backups/*.db", "**/live-*.db", "back*"):
        found = find_store("shop", "sqlite", (pattern, pattern), tmp_path)
        assert [b.path.rsplit("/", 1)[-1] for b in found.backups] == [m.file.name for m in made]


def test_folders_that_are_one_backup_each(tmp_path: Path) -> None:
    for made in stores.history(tmp_path):
        stamp = made.file.stem.removeprefix("live-")
        place = tmp_path / "dated" / stamp
        place.mkdir(parents=True)
        made.file.rename(place / "live.db")
        stores.rewritten(made, file="live.db", sha256=None)
        made.manifest.rename(place / "manifest.json")
    settings = stores.store(backups=("dated",))
    observation = stores.seen(tmp_path, settings)
    assert {b.shape for b in stores.backups(observation).stores[0].backups} == {"folder"}
    assert statuses(observation, settings) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("db-20260301T120000Z.db", "2026-03-01T12:00:00Z"),
        ("db-2026-03-01T12-00-00.db", "2026-03-01T12:00:00Z"),
        ("db_20260301_1200.sql.gz", "2026-03-01T12:00:00Z"),
        ("20260301120000.db", "2026-03-01T12:00:00Z"),
        ("2026-03-01.tar.gz", "2026-03-01T00:00:00Z"),
        ("db.1772366400.bak", "2026-03-01T12:00:00Z"),
        ("v3.0-2026-03-01 12:00:00", "2026-03-01T12:00:00Z"),
    ],
)
def test_times_in_names(name: str, text: str) -> None:
    found = time_in_name(name)
    assert found is not None
    assert written(found) == text


@pytest.mark.parametrize("name", ["db.sqlite", "v1.2.3", "projects-2026.db", "20261399.db", "7.db"])
def test_names_without_a_time(name: str) -> None:
    assert time_in_name(name) is None


@given(st.integers(1_450_000_000, 3_700_000_000))
def test_times_come_back_from_their_forms(seconds: int) -> None:
    aware = datetime.fromtimestamp(seconds, UTC)
    assert time_of(aware.isoformat()) == time_of(seconds) == time_of(seconds * 1000) == seconds
    assert time_in_name(f"x-{aware:%Y%m%dT%H%M%SZ}.db") == seconds


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()))
def test_no_value_is_too_odd_to_be_a_time_or_none(value: object) -> None:
    found = time_of(value)
    assert found is None or written(found)


@given(st.text())
def test_no_name_is_too_odd(name: str) -> None:
    assert time_in_name(name) is None or isinstance(time_in_name(name), float)
