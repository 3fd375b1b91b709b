"""What checks rules: how each is started, and what its output says that it looked at."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any

from bench.lint.figures import Linter
from bench.lint.linters import CODES, SKIPPED, Command, Counts, Entry

EXPRESSIONS = "observability.expressions"
"""The check of golive that looks at every rule."""


def catalogue(wanted: list[str]) -> list[Entry]:
    """The checkers, golive first; what cannot be had is in with its reason."""
    makers: Mapping[str, Callable[[], Entry]] = {
        "golive": _golive,
        "promtool": lambda: _found("promtool", ["--version"], _promtool, _promtool_counts),
        "pint": lambda: _found("pint", ["version"], _pint, _pint_counts),
    }
    unknown = set(wanted) - set(makers)
    if unknown:
        message = f"no such checker: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return [make() for key, make in makers.items() if not wanted or key in wanted]


def _golive() -> Entry:
    start = "import sys; from golive.cli.main import run; sys.exit(run())"
    return Entry(
        Linter("golive", "golive lint", metadata.version("golive")),
        lambda folder: [sys.executable, "-c", start, "lint", str(folder), "-o", "json"],
        lambda text: _golive_counts(json.loads(text)),
        CODES | {SKIPPED},
    )


def _golive_counts(data: Mapping[str, Any]) -> tuple[int, int]:
    every = next(check for check in data["checks"] if check["id"] == EXPRESSIONS)
    return int((every["measurement"] or {"n": 0})["n"]), len(data["findings"])


def _promtool(path: str) -> Command:
    return lambda folder: [path, "check", "rules", *map(str, sorted(folder.glob("*.yaml")))]


def _promtool_counts(text: str) -> tuple[int, int]:
    """It says no more than how many rules a file that it accepts has."""
    return sum(map(int, re.findall(r"SUCCESS: (\d+) rules found", text))), text.count("FAILED")


def _pint(path: str) -> Command:
    given = ("--offline", "--no-color", "lint", "--min-severity", "info", "--json", "/dev/stdout")
    return lambda folder: [path, *given, str(folder)]


def _pint_counts(text: str) -> tuple[int, int]:
    """It names only the files that it finds something in."""
    problems = json.loads(text)
    return len({problem["path"] for problem in problems}), len(problems)


def _found(name: str, version: list[str], command: Callable[[str], Command], of: Counts) -> Entry:
    """A checker of the machine: it is measured where it is installed."""
    linter = Linter(name, name)
    path = shutil.which(name)
    if path is None:
        linter.missing = "not on PATH"
        return Entry(linter)
    done = subprocess.run([path, *version], capture_output=True, text=True, check=False, timeout=60)
    said = re.search(r"\d+\.\d+\S*?(?=[+,\s]|$)", done.stdout + done.stderr)
    linter.version = said[0] if said else "unknown"
    return Entry(linter, command(path), of)
