"""The linters: how each is started, and what its output says that it looked at."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.lint import schemas
from bench.lint.figures import Linter
from bench.load.peers import interpreter

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "bench-lint.txt"
CODES = frozenset({0, 1})
"""Exit codes of a linter that came to an end: clean, or with findings."""
SKIPPED = 3
"""golive's code where not all could be decided from files."""

Command = Callable[[Path], list[str]]
Counts = Callable[[str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A linter with its command for a folder, and how its output is counted.

    *counts*: objects that it looked at and what it found; raises for output that is not its own.
    """

    linter: Linter
    command: Command | None = None
    counts: Counts | None = None
    codes: frozenset[int] = CODES

    @property
    def environment(self) -> Mapping[str, str]:
        """The same for all: no colours, one language, bytecode kept as an installation has it."""
        own = {"NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": ""}
        return {**os.environ, **own, "GOLIVE_LANG": "en"}


def catalogue(scratch: Path, environment: Path, *, install: bool, wanted: list[str]) -> list[Entry]:
    """The linters, golive first; what cannot be had is in with its reason."""
    makers: Mapping[str, Callable[[], Entry]] = {
        "golive": _golive,
        "checkov": lambda: _checkov(environment, install=install),
        "kubeconform": lambda: _kubeconform(scratch),
        "kube-score": _kube_score,
        "kube-linter": _kube_linter,
    }
    unknown = set(wanted) - set(makers)
    if unknown:
        message = f"no such linter: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return [make() for key, make in makers.items() if not wanted or key in wanted]


def _golive() -> Entry:
    linter = Linter("golive", "golive lint", metadata.version("golive"))
    start = "import sys; from golive.cli.main import run; sys.exit(run())"
    return Entry(
        linter,
        lambda folder: [sys.executable, "-c", start, "lint", str(folder), "-o", "json"],
        lambda text: _golive_counts(json.loads(text)),
        CODES | {SKIPPED},
    )


def _golive_counts(data: Mapping[str, Any]) -> tuple[int, int]:
    return int(data["totals"]["objects"]), len(data["findings"])


def _checkov(environment: Path, *, install: bool) -> Entry:
    linter = Linter("checkov", "checkov")
    python = interpreter(environment, install=install, requirements=REQUIREMENTS)
    program = environment / "bin" / "checkov"
    if python is None or not program.is_file():
        linter.missing = f"not in {environment} (run without --as-is)"
        return Entry(linter)
    linter.version = _said([str(program), "--version"])
    given = ("--framework", "kubernetes", "--compact", "--skip-download", "-o", "json")
    return Entry(
        linter,
        lambda folder: [str(program), "-d", str(folder), *given],
        lambda text: _checkov_counts(json.loads(text)),
    )


def _checkov_counts(data: Mapping[str, Any]) -> tuple[int, int]:
    return int(data["summary"]["resource_count"]), int(data["summary"]["failed"])


def _kubeconform(scratch: Path) -> Entry:
    place = schemas.written(scratch / "schemas")
    given = ("-strict", "-ignore-missing-schemas", "-summary", "-output", "json")
    return _found(
        "kubeconform",
        lambda path: lambda folder: [path, *given, "-schema-location", place, str(folder)],
        lambda text: _kubeconform_counts(json.loads(text)),
    )


def _kubeconform_counts(data: Mapping[str, Any]) -> tuple[int, int]:
    """Custom resources, of which no schema is at hand, are not counted as looked at."""
    summary = data["summary"]
    wrong = int(summary["invalid"]) + int(summary["errors"])
    return int(summary["valid"]) + wrong, wrong


def _kube_score() -> Entry:
    def command(path: str) -> Command:
        return lambda folder: [
            path,
            "score",
            "-o",
            "json",
            *map(str, sorted(folder.rglob("*.yaml"))),
        ]

    return _found("kube-score", command, lambda text: _kube_score_counts(json.loads(text)))


def _kube_score_counts(data: list[Mapping[str, Any]]) -> tuple[int, int]:
    checks = [c for scored in data for c in scored.get("checks") or ()]
    return len(data), sum(1 for c in checks if not c.get("skipped") and c.get("grade", 10) < 5)


def _kube_linter() -> Entry:
    return _found(
        "kube-linter",
        lambda path: lambda folder: [path, "lint", "--format", "json", str(folder)],
        lambda text: _kube_linter_counts(json.loads(text)),
    )


def _kube_linter_counts(data: Mapping[str, Any]) -> tuple[int, int]:
    """It names only the objects that it finds something in."""
    reports = data.get("Reports") or []
    named = {json.dumps(r["Object"]["K8sObject"], sort_keys=True) for r in reports}
    return len(named), len(reports)


def _found(name: str, command: Callable[[str], Command], counts: Counts) -> Entry:
    """A linter of the machine: it is measured where it is installed."""
    linter = Linter(name, name)
    path = shutil.which(name)
    if path is None:
        linter.missing = "not on PATH"
        return Entry(linter)
    linter.version = _module(path) or _said([path, "version"]) or "unknown"
    return Entry(linter, command(path), counts)


def _module(path: str) -> str:
    """The module's version in a Go program, which a build from source does not print."""
    if shutil.which("go") is None:
        return ""
    found = re.search(r"^\s*mod\s+\S+\s+(v\S+)", _said(["go", "version", "-m", path]), re.MULTILINE)
    return found[1] if found else ""


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""
