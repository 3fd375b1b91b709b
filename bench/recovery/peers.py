"""What backs a database up or restores it: how each is started, and what shows that it did."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import Any

from bench.lint.figures import Linter
from bench.lint.linters import CODES, SKIPPED, Entry
from bench.recovery.folder import BACKUPS, COLUMN, LIVE, TABLE

START = [sys.executable, "-c", "import sys; from golive.cli.main import run; sys.exit(run())"]
SHELL = 'sqlite3 "$1" ".backup \'$2\'" && sqlite3 "$2" "PRAGMA integrity_check" '
COUNT = '"SELECT (SELECT count(*) FROM scripts) + (SELECT count(*) FROM owners)"'


def catalogue(wanted: list[str], scratch: Path) -> list[Entry]:
    """The peers, golive first; what cannot be had is in with its reason."""
    makers: Mapping[str, Callable[[Path], Entry]] = {
        "golive": _create,
        "golive-verify": _verify,
        "sqlite3": _sqlite3,
    }
    unknown = set(wanted) - set(makers)
    if unknown:
        message = f"no such program: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return [make(scratch) for key, make in makers.items() if not wanted or key in wanted]


class Fresh:
    """A new folder for each run; the one before is gone by then, and is not timed."""

    def __init__(self, scratch: Path, name: str) -> None:
        self._scratch, self._name, self._numbers = scratch, name, count()
        self._last: Path | None = None

    def __call__(self) -> Path:
        """The folder."""
        if self._last is not None:
            shutil.rmtree(self._last, ignore_errors=True)
        self._last = self._scratch / f"{self._name}-{next(self._numbers)}"
        self._last.mkdir()
        return self._last


def _create(scratch: Path) -> Entry:
    fresh = Fresh(scratch, "made")
    given = ("--canary", f"{TABLE}.{COLUMN}", "-o", "json")
    return Entry(
        Linter("golive", "golive backup create", metadata.version("golive")),
        lambda folder: [
            *(*START, "backup", "create", "--sqlite", str(folder / LIVE)),
            *("--into", str(fresh()), *given),
        ],
        lambda text: (int(json.loads(text)["backups"][0]["rows"]), 0),
    )


def _verify(scratch: Path) -> Entry:
    del scratch
    given = ("--canary", f"{TABLE}.{COLUMN}", "-o", "json")
    return Entry(
        Linter("golive-verify", "golive backup verify", metadata.version("golive")),
        lambda folder: [
            *(*START, "backup", "verify", "--backups", str(folder / BACKUPS)),
            *("--live", str(folder / LIVE), *given),
        ],
        lambda text: _verified(json.loads(text)),
        CODES | {SKIPPED},
    )


DRILL = ("restores", "schema", "content")
"""What has to have passed of a whole backup, or the run was none."""


def _verified(data: Mapping[str, Any]) -> tuple[int, int]:
    status = {check["id"]: check["status"] for check in data["checks"]}
    names = [*(f"recovery.sqlite-{name}" for name in DRILL), "recovery.drill-sound"]
    wrong = [name for name in names if status[name] != "pass"]
    if wrong:
        message = f"a whole backup did not pass: {', '.join(wrong)}"
        raise ValueError(message)
    tables = data["sqlite"]["drills"][0]["proof"]["tables"]
    return sum(int(table["rows"]) for table in tables.values()), 0


def _sqlite3(scratch: Path) -> Entry:
    linter = Linter("sqlite3", "sqlite3 .backup + integrity_check")
    found = shutil.which("sqlite3")
    if found is None:
        linter.missing = "not on PATH"
        return Entry(linter)
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    linter.version = said.stdout.split()[0]
    fresh = Fresh(scratch, "copied")
    return Entry(
        linter,
        lambda folder: [
            *("sh", "-c", f'{SHELL} && sqlite3 "$2" {COUNT}', "sh"),
            *(str(folder / LIVE), str(fresh() / "copy.db")),
        ],
        _checked,
    )


def _checked(text: str) -> tuple[int, int]:
    ok, rows = text.split()
    if ok != "ok":
        raise ValueError(text[:200])
    return int(rows), 0
