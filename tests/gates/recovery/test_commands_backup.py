"""``golive backup create`` and ``golive backup verify``, as a CronJob and a person call them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from golive.errors import UsageError
from golive_gates.recovery.commands import APP
from golive_gates.recovery.creating import sqlite as making
from golive_gates.recovery.stopping import Stop, Stopped
from tests.gates.recovery import stores

RUN = CliRunner()


def call(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr. A usage error is raised."""
    # Typer returns what the command returns only outside its standalone mode.
    result = RUN.invoke(APP, [str(a) for a in arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.stdout, result.stderr


def create(folder: Path, *more: object) -> tuple[int, str, str]:
    return call("create", "--sqlite", folder / "live.db", "--into", folder / "backups", *more)


def verify(folder: Path, *more: object) -> tuple[int, str, str]:
    options = ("--backups", folder / "backups", "--live", folder / "live.db")
    return call("verify", *options, "--canary", "backup_canary.written_at", *more)


def test_what_is_made_is_verified(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    code, out, _ = create(tmp_path, "--write-canary", "--output", "json")
    (made,) = json.loads(out)["backups"]
    assert (code, made["rows"], made["tables"]) == (0, 300 + 5 + 50 + 1, 4)
    code, out, err = verify(tmp_path, "--output", "json")
    checks = {c["id"].partition(".")[2]: c["status"] for c in json.loads(out)["checks"]}
    assert {n for n, s in checks.items() if s == "not-applicable"} == {
        n for n in checks if "chroma" in n
    }
    assert {s for n, s in checks.items() if "chroma" not in n} == {"pass"}
    # Nothing was promised about a history, which one backup alone does not have.
    assert (code, checks.keys() & {"backup-gaps", "retention"}) == (0, set())
    assert "sqlite-restore: 5/8" in err


def test_rows_that_are_only_in_the_log_are_backed_up(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    with stores.in_use(tmp_path / "live.db", "INSERT INTO words VALUES ('fresh', 1)"):
        before = (tmp_path / "live.db").read_bytes()
        assert create(tmp_path)[0] == 0
        assert (tmp_path / "live.db").read_bytes() == before
    (path,) = (tmp_path / "backups").glob("*.db")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT n FROM words WHERE word = 'fresh'").fetchall() == [(1,)]
    assert not list((tmp_path / "backups").glob("*-wal"))


def test_gzip_and_keep(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    moment = datetime.now(UTC) - timedelta(days=1)
    for hours in range(4):
        stores.back_up(tmp_path, moment + timedelta(hours=hours))
    (tmp_path / "backups" / "other-20200101T000000Z.db").write_bytes(b"of somebody else")
    code, out, _ = create(tmp_path, "--gzip", "--keep", 2)
    assert (code, out.count("removed ")) == (0, 3)
    names = sorted(p.name for p in (tmp_path / "backups").iterdir())
    assert len([n for n in names if n.endswith(".manifest.json")]) == 2
    assert len([n for n in names if n.endswith((".db", ".db.gz"))]) == 3
    assert verify(tmp_path)[0] == 1  # the history is a day with a hole in it
    document = json.loads(verify(tmp_path, "--output", "json")[1])
    assert {c["status"] for c in document["checks"] if "sqlite" in c["id"]} == {"pass"}


def test_a_broken_database_is_not_backed_up(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "live.db", wal=False)
    raw = bytearray(path.read_bytes())
    raw[4096:4200] = bytes(104)
    path.write_bytes(bytes(raw))
    code, _, err = create(tmp_path)
    assert (code, "not whole" in err) == (1, True)
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "live.db").write_bytes(content)
    assert create(tmp_path)[0] == 1
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_locked_database_is_waited_for_and_then_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "WAIT", 0.05)
    path = stores.make_live(tmp_path / "live.db", wal=False)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        code, _, err = create(tmp_path)
    assert (code, "locked" in err) == (1, True)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_database_that_is_written_to_meanwhile(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "live.db", rows=20_000)
    done = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30)) as db:
            number = 0
            while not done.is_set():
                number += 1
                with db:
                    db.execute("INSERT INTO words VALUES (?, 1)", (f"x{number}",))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = making.create(making.Wanted(path, tmp_path / "backups"), datetime.now(UTC), Stop())
    finally:
        done.set()
        writer.join()
    assert made.rows >= 20_000 + 55


def test_a_copy_that_begins_again_and_again_is_made_in_one_step() -> None:
    seen = making.Restarts(Stop(), lambda *_: None)
    for _ in range(making.RESTARTS):
        seen(0, 10, 20)
        seen(0, 20, 20)
    seen(0, 10, 20)
    with pytest.raises(making.TooManyRestarts):
        seen(0, 20, 20)


def test_nothing_is_left_of_one_that_is_stopped(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db", rows=50_000)
    stop = Stop()
    with pytest.raises(Stopped):
        making.create(
            making.Wanted(tmp_path / "live.db", tmp_path / "backups"),
            datetime.now(UTC),
            stop,
            lambda *_: stop.ask(),
        )
    assert list((tmp_path / "backups").iterdir()) == []


def test_an_interrupted_verification_leaves_no_scratch_folder(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db", rows=100_000)
    assert create(tmp_path, "--write-canary")[0] == 0
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    script = (
        "from golive_gates.recovery.commands import APP; import sys; "
        "sys.exit(APP(standalone_mode=False))"
    )
    options = ("verify", "--backups", "backups", "--live", "live.db")
    with subprocess.Popen(
        [sys.executable, "-c", script, *options],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("sqlite-restore: 5/"):
                break
        running.send_signal(signal.SIGINT)
        running.stderr.read()
        assert running.wait(60) != 0
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("verify", "--backups", "x", "--canary", "nothing"),
        ("verify", "--config", "golive.yaml", "--backups", "x"),
        ("create", "--into", "y"),
        ("create", "--sqlite", "x", "--into", "y", "--canary", "nothing"),
        ("create", "--sqlite", "x", "--into", "y", "--canary", "a.b", "--write-canary"),
    ],
)
def test_usage(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        call(*arguments)


def test_a_configuration(tmp_path: Path) -> None:
    stores.history(tmp_path, newest=timedelta())
    declared: dict[str, Any] = {
        "name": "shop",
        "backups": ["backups"],
        "live": "live.db",
        "canary": {"table": "backup_canary", "column": "written_at"},
    }
    document = {
        "apiVersion": "golive/v1",
        "service": {"name": "shop", "version": "1"},
        "gates": {"recovery": {"rpo": "87600h", "sqlite": [{**declared, "retention": "6h"}]}},
    }
    (tmp_path / "golive.yaml").write_text(json.dumps(document), "utf-8")
    code, out, _ = call("verify", "--config", tmp_path / "golive.yaml", "--output", "json")
    found = {c["status"] for c in json.loads(out)["checks"] if "chroma" not in c["id"]}
    assert found == {"pass", "inconclusive"}
    assert code == 3  # of backups that are long past, no step lies within the retention
