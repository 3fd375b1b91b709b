"""The benchmark of backups copies and drills whole databases, and counts their rows."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.lint.folder import Folder  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402
from bench.recovery.folder import BACKUPS, LIVE, OWNERS, written  # noqa: E402
from bench.recovery.peers import catalogue  # noqa: E402
from bench.recovery.run import aims, text  # noqa: E402


def test_each_program_copies_or_proves_every_row(tmp_path: Path) -> None:
    entries = catalogue([], tmp_path)
    report = measured(entries, tmp_path, [1, 2], 1, lambda _: None, written)
    with closing(sqlite3.connect(tmp_path / "objects-2" / LIVE)) as db:
        rows = db.execute("SELECT count(*) FROM scripts").fetchone()[0] + OWNERS
    assert rows > 500
    for program in report.linters:
        assert program.missing or (program.failures, program.looked_at[2]) == ([], rows)
    assert not report.linters[0].missing
    assert "2 MB in 1 files" in text(report)
    assert {one["aim"] for one in aims(report)} == {
        *("flat memory, golive", "flat memory, golive-verify"),
    }


def test_a_drill_that_does_not_pass_is_no_figure(tmp_path: Path) -> None:
    def cut(path: Path, megabytes: int) -> Folder:
        made = written(path, megabytes)
        (backup,) = (path / BACKUPS).glob("*.db")
        backup.write_bytes(backup.read_bytes()[:20_000])
        return made

    (entry,) = catalogue(["golive-verify"], tmp_path)
    measured([entry], tmp_path, [1], 1, lambda _: None, cut)
    assert "did not pass" in entry.linter.failures[0]


def test_the_command_prints_a_report(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "bench/recovery/run.py", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = run("--sizes", "1", "--rounds", "1", "--only", "golive", "-o", "json")
    assert done.returncode == 0, done.stderr
    kept = tmp_path / "report.json"
    kept.write_text(done.stdout, encoding="utf-8")
    assert json.loads(done.stdout)["aims"] == []
    assert "golive backup create" in run("--read", str(kept)).stdout
    assert run("--sizes", "0").returncode == 2


def test_what_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such program"):
        catalogue(["nothing"], tmp_path)
