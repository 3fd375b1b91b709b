"""Restore drills over real backups: sound ones pass, each damage has its own cause."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, SETTINGS, judged, statuses
from tests.gates.saying import codes


def test_a_sound_history_passes(tmp_path: Path) -> None:
    stores.history(tmp_path)
    observation = stores.seen(tmp_path)
    assert statuses(observation) == {}
    drill = stores.drill(observation)
    assert [p.name for p in drill.phases] == [
        *("locate", "fetch", "unpack", "restore", "verify", "first-read"),
    ]
    assert {c.damage: bool(c.caught) for c in drill.controls} == dict.fromkeys(
        ("missing-wal", "torn", "truncated", "flipped-byte", "stale", "empty"), True
    )


def test_nothing_is_written_beside_live_data_and_backups(tmp_path: Path) -> None:
    stores.history(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    stores.seen(tmp_path, stores.replace(SETTINGS, scratch="scratch"))
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert list(scratch.iterdir()) == []


def test_each_control_is_caught_without_the_digest_of_the_file(tmp_path: Path) -> None:
    made = stores.history(tmp_path)
    stores.rewritten(made[-1], sha256=None)
    observation = stores.seen(tmp_path)
    assert statuses(observation) == {}
    caught = {c.damage: c.caught for c in stores.drill(observation).controls}
    assert caught["empty"] == ("empty",)
    assert caught["flipped-byte"] == ("digest",)
    assert caught["stale"] == ("too-old",)
    assert "table-missing" in caught["missing-wal"]


@pytest.mark.parametrize("end", ["truncated", "torn", "empty", "text"])
def test_a_broken_file_is_one_failure(tmp_path: Path, end: str) -> None:
    path = stores.history(tmp_path)[-1].file
    raw = path.read_bytes()
    broken = {
        "truncated": raw[: len(raw) // 2],
        "torn": raw[: len(raw) // 2] + bytes(len(raw) - len(raw) // 2),
        "empty": b"",
        "text": b"-- SQL dump\n" * 100,
    }
    path.write_bytes(broken[end])
    found = statuses(stores.seen(tmp_path))
    assert [n for n, s in found.items() if s == "fail"] == ["sqlite-restores"]
    assert judged("rpo", stores.seen(tmp_path)).blocked_by == "recovery.sqlite-restores"


def test_a_flipped_byte_passes_the_integrity_check_and_not_the_digest(tmp_path: Path) -> None:
    path = stores.history(tmp_path)[-1].file
    raw = bytearray(path.read_bytes())
    raw[raw.rindex("이름 299".encode()) + len("이름 299".encode()) + 10] ^= 1
    path.write_bytes(raw)
    observation = stores.seen(tmp_path)
    proof = stores.drill(observation).proof
    assert proof is not None
    assert not proof.integrity
    assert {n for n, s in statuses(observation).items() if s == "fail"} == {"sqlite-content"}
    assert "digest" in codes(judged("sqlite-content", observation))


def test_a_broken_reference(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    stores.change(tmp_path / "live.db", "CREATE TABLE backup_canary (id INTEGER, written_at TEXT)")
    stores.copied(tmp_path / "live.db", tmp_path / "backups" / "shop-20260301T120000Z.db")
    stores.change(
        tmp_path / "backups" / "shop-20260301T120000Z.db", "DELETE FROM owners WHERE id = 3"
    )
    result = judged("sqlite-restores", stores.seen(tmp_path))
    assert (result.status.value, set(codes(result))) == ("fail", {"foreign-key"})


def test_a_copy_without_the_log_whose_manifest_agrees_with_it(tmp_path: Path) -> None:
    """A script that copies the main file and describes its own copy."""
    stores.make_live(tmp_path / "live.db")
    stores.back_up(tmp_path, NOW - timedelta(hours=7))
    record = "INSERT INTO backup_canary (written_at) VALUES ('{}')"
    at = NOW - timedelta(hours=1)
    early = (at - timedelta(hours=3)).isoformat()
    with stores.in_use(tmp_path / "live.db", record.format(early), record.format(at.isoformat())):
        name = f"live-{at:%Y%m%dT%H%M%SZ}"
        alone = stores.copied(tmp_path / "live.db", tmp_path / "alone.db")
        described = stores.create(stores.Wanted(alone, tmp_path / "of-the-copy"), at, stores.Stop())
        shutil.copy(described.file, tmp_path / "backups" / f"{name}.db")
        document = described.manifest.read_text("utf-8").replace(described.file.name, f"{name}.db")
        (tmp_path / "backups" / f"{name}.manifest.json").write_text(document, "utf-8")
        settings = stores.store(retention=3600.0)
        observation = stores.seen(tmp_path, settings)
    found = statuses(observation, settings)
    assert [n for n, s in found.items() if s == "fail"] == ["sqlite-content"]
    assert codes(judged("sqlite-content", observation)) == ["records-missing"]
    assert judged("rpo", observation).blocked_by == "recovery.sqlite-content"


def test_a_log_beside_the_backup_is_taken_over(tmp_path: Path) -> None:
    stores.history(tmp_path, 2)
    record = "INSERT INTO backup_canary (written_at) VALUES ('{}')"
    with stores.in_use(tmp_path / "live.db", record.format(NOW.isoformat())):
        target = tmp_path / "copies" / "live-20260301T124000Z.db"
        stores.copied(tmp_path / "live.db", target)
        stores.copied(tmp_path / "live.db-wal", target.with_name(target.name + "-wal"))
    settings = stores.store(backups=("copies",))
    drill = stores.drill(stores.seen(tmp_path, settings))
    assert drill.wal is not None
    assert drill.wal.replayed == drill.wal.held > 0
    assert drill.proof is not None
    assert drill.proof.canary is not None
    assert drill.proof.canary.newest == NOW.timestamp()
    # Nothing changed since, so that the live database tells what there should be.
    assert drill.expected.source == "live"
    assert statuses(stores.seen(tmp_path, settings), settings).keys() == {
        *("backup-gaps", "retention"),
    }


def test_a_torn_log_is_taken_over_as_far_as_it_goes(tmp_path: Path) -> None:
    stores.history(tmp_path, 2)
    insert = "INSERT INTO words VALUES ('{}', 1)"
    with stores.in_use(tmp_path / "live.db", insert.format("a")) as db:
        with db:
            db.executemany("INSERT INTO words VALUES (?, 1)", [(f"b{n}",) for n in range(3000)])
        target = tmp_path / "copies" / "live-20260301T124000Z.db"
        stores.copied(tmp_path / "live.db", target)
        log = stores.copied(tmp_path / "live.db-wal", target.with_name(target.name + "-wal"))
        raw = bytearray(log.read_bytes())
        raw[-100] ^= 255
        log.write_bytes(raw)
    settings = stores.store(backups=("copies",))
    observation = stores.seen(tmp_path, settings)
    drill = stores.drill(observation)
    assert drill.wal is not None
    assert drill.wal.replayed < drill.wal.held
    assert codes(judged("sqlite-restores", observation, settings)) == ["wal-partly"]
    assert judged("sqlite-content", observation, settings).status.value == "inconclusive"
