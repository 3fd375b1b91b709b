"""What is not the backup's fault: a disk that fills up, packing that nobody here reads."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from golive_gates.recovery.creating import sqlite as making
from golive_gates.recovery.sqlite import restoring
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, judged, statuses
from tests.gates.saying import codes


@pytest.mark.parametrize(
    ("head", "code", "name"),
    [
        (b"\x28\xb5\x2f\xfdrest", "archive-packing", "zstd"),
        (b"Salted__x", "archive-locked", "openssl"),
        (b"\x8c\x0d\x04\x09\x03\x0arest", "archive-locked", "PGP"),
        (b"-- of today\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;", "archive-dump", "SQL"),
    ],
)
def test_what_may_be_whole_and_is_not_read(
    tmp_path: Path, head: bytes, code: str, name: str
) -> None:
    stores.make_live(tmp_path / "live.db")
    at = NOW - timedelta(minutes=5)
    packed = tmp_path / "backups" / f"live-{at.strftime('%Y%m%dT%H%M%SZ')}.db.packed"
    packed.parent.mkdir()
    packed.write_bytes(head)
    observation = stores.seen(tmp_path)
    result = judged("sqlite-restores", observation)
    assert (result.status.value, codes(result)) == ("inconclusive", [code])
    assert stores.drill(observation).detail == name


def test_a_disk_that_fills_up_during_the_drill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.history(tmp_path)

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(restoring, "copy", full)
    observation = stores.seen(tmp_path)
    assert codes(judged("sqlite-restores", observation)) == ["no-space"]
    assert stores.drill(observation).detail == "No space left on device"
    assert "fail" not in statuses(observation).values()


def test_a_disk_that_fills_up_while_the_log_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = stores.make_live(tmp_path / "live.db")
    backup = tmp_path / "backups" / f"live-{NOW.strftime('%Y%m%dT%H%M%SZ')}.db"
    with stores.in_use(live, "INSERT INTO words VALUES ('new', 1)"):
        stores.copied(live, backup)
        stores.copied(Path(f"{live}-wal"), Path(f"{backup}-wal"))
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL

    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr(restoring, "replay", full)
    assert codes(judged("sqlite-restores", stores.seen(tmp_path))) == ["no-space"]


def test_a_transaction_that_was_cut_off_is_left_to_its_service(tmp_path: Path) -> None:
    source = tmp_path / "source.db"
    with closing(sqlite3.connect(source, isolation_level=None)) as db:
        db.execute("CREATE TABLE t (x)")
        db.execute("PRAGMA cache_size=1")
        db.execute("BEGIN")
        for _ in range(500):
            db.execute("INSERT INTO t VALUES (randomblob(500))")
        left = tmp_path / "left.db"
        shutil.copy(source, left)
        shutil.copy(f"{source}-journal", f"{left}-journal")
    before = {p.name: p.read_bytes() for p in tmp_path.glob("left.db*")}
    with pytest.raises(making.BackupFailed, match="cut off"):
        making.create(making.Wanted(left, tmp_path / "backups"), NOW, Stop())
    assert {p.name: p.read_bytes() for p in tmp_path.glob("left.db*")} == before
    assert list((tmp_path / "backups").iterdir()) == []
