"""What golive may not read is undecided, and nothing is said against who wrote it.

The commands run as processes that have lost the right of root to read everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gates.recovery import stores

_LOST = "-dac_override,-dac_read_search"
PLAIN = ("setpriv", "--bounding-set", _LOST, "--inh-caps", _LOST) if os.geteuid() == 0 else ()
GOLIVE = (*PLAIN, sys.executable, "-m", "golive.cli")
WAIT = 120.0


@contextmanager
def closed(path: Path, mode: int = 0) -> Iterator[None]:
    """Nobody may read *path*, or do more with it than *mode* says."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [*GOLIVE, "backup", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=WAIT, check=False, env={**os.environ}
    )


def verified(folder: Path) -> tuple[int, dict[str, tuple[str, list[str]]]]:
    """Exit code; status and codes of each check that is not passed, blocked or not needed."""
    done = run(
        *("verify", "--backups", folder / "backups", "--live", folder / "live.db"),
        *("--canary", "owners.name", "--output", "json"),
    )
    assert "Traceback" not in done.stderr
    said = {
        r["id"]: (r["status"], [f["code"] for f in r["findings"]])
        for r in json.loads(done.stdout)["checks"]
        if r["status"] not in {"pass", "not-applicable"} and not r["blocked_by"]
    }
    return done.returncode, said


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "backups-unreadable"), ("*.db", "backups-unreadable"), ("*.json", "manifest-closed")],
    ids=["folder", "backup", "manifest"],
)
def test_backups(tmp_path: Path, name: str, code: str) -> None:
    stores.history(tmp_path, 1)
    folder = tmp_path / "backups"
    (path,) = folder.glob(name) if name else (folder,)
    with closed(path):
        exit_code, said = verified(tmp_path)
    assert (exit_code, said["recovery.backups-found"]) == (3, ("inconclusive", [code]))


def test_the_live_database(tmp_path: Path) -> None:
    stores.history(tmp_path, 1)
    with closed(tmp_path / "live.db"):
        exit_code, said = verified(tmp_path)
    assert (exit_code, said["recovery.sqlite-schema"][0]) == (3, "inconclusive")


def test_what_is_to_be_backed_up_and_where_to(tmp_path: Path) -> None:
    live = stores.make_live(tmp_path / "live.db")
    with closed(live):
        done = run("create", "--into", tmp_path / "into", "--sqlite", live)
    assert (done.returncode, "not readable" in done.stderr) == (2, True), done.stderr
    into = tmp_path / "into"
    into.mkdir()
    with closed(into, 0o500):
        done = run("create", "--into", into, "--sqlite", live)
    assert (done.returncode, "Permission denied" in done.stderr) == (1, True), done.stderr
    assert list(into.iterdir()) == []
