"""What looks at workflows: how each is started, and what its output says that it looked at."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.lint.figures import Linter
from bench.lint.linters import CODES, SKIPPED, Entry

READ = "pipeline.parse"
"""The check of golive that looks at every workflow."""
PROGRAMS = ("pipeline.zizmor", "pipeline.actionlint")
"""Its checks that start another program."""
START = [sys.executable, "-c", "import sys; from golive.cli.main import run; sys.exit(run())"]
FOUND_BY_ZIZMOR = frozenset({10, 11, 12, 13, 14})


def catalogue(wanted: list[str], scratch: Path) -> list[Entry]:
    """The checkers, golive first; what cannot be had is in with its reason."""
    makers: Mapping[str, Callable[[], Entry]] = {
        "golive": _lint,
        "golive-own": _own,
        "golive-gate": lambda: _gate(scratch),
        "zizmor": _zizmor,
    }
    unknown = set(wanted) - set(makers)
    if unknown:
        message = f"no such checker: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return [make() for key, make in makers.items() if not wanted or key in wanted]


def _lint() -> Entry:
    return Entry(
        Linter("golive", "golive lint", metadata.version("golive")),
        lambda folder: [*START, "lint", str(folder), "--gate", "pipeline", "-o", "json"],
        lambda text: _counted(json.loads(text)),
        CODES | {SKIPPED},
    )


def _own() -> Entry:
    """Its own checks alone, which start nothing else."""
    from golive.linting import static_checks
    from golive_gates.pipeline.files import GATE

    checks = ",".join(c.spec.id for c in static_checks(GATE) if c.spec.id not in PROGRAMS)
    return Entry(
        Linter("golive-own", "  without zizmor", metadata.version("golive")),
        lambda folder: [*START, "lint", str(folder), "--check", checks, "-o", "json"],
        lambda text: _counted(json.loads(text)),
        CODES | {SKIPPED},
    )


def _counted(data: Mapping[str, Any]) -> tuple[int, int]:
    every = next(check for check in data["checks"] if check["id"] == READ)
    return int((every["measurement"] or {"n": 0})["n"]), len(data["findings"])


def _gate(scratch: Path) -> Entry:
    """The whole gate: planted keys and the repository's own secrets, with gitleaks."""
    out = str(scratch / "golive-reports")
    linter = Linter("golive-gate", "golive check, whole", metadata.version("golive"))
    if shutil.which("gitleaks", path=str(Path(sys.executable).parent)) is None:
        linter.missing = "gitleaks is not beside this Python: its drill would be left out"
        return Entry(linter)
    given = ("--gate", "pipeline", "-o", "json", "--out-dir", out)
    return Entry(
        linter,
        lambda folder: [*START, "check", "-c", str(folder / "golive.yaml"), *given],
        lambda text: _of_gate(json.loads(text)),
        CODES | {SKIPPED},
    )


def _of_gate(data: Mapping[str, Any]) -> tuple[int, int]:
    gate = next(gate for gate in data["gates"] if gate["id"] == "pipeline")
    every = next(check for check in gate["checks"] if check["id"] == READ)
    found = sum(len(check["findings"]) for check in gate["checks"])
    return int((every["measurement"] or {"n": 0})["n"]), found


def _zizmor() -> Entry:
    linter = Linter("zizmor", "zizmor")
    path = Path(sys.executable).parent / "zizmor"
    if not path.is_file():
        linter.missing = "not beside this Python"
        return Entry(linter)
    linter.version = metadata.version("zizmor")
    given = ("--offline", "--no-progress", "--format", "json-v1")
    # What it looked at it says on stderr alone, each file once.
    both = ["sh", "-c", 'exec "$@" 2>&1', "sh"]
    return Entry(
        linter,
        lambda folder: [*both, str(path), *given, str(folder / ".github" / "workflows")],
        _zizmor_counts,
        CODES | FOUND_BY_ZIZMOR,
    )


def _zizmor_counts(text: str) -> tuple[int, int]:
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("["))
    looked_at = {line.split(" completed ")[1] for line in lines[:first] if " completed " in line}
    return len(looked_at), len(json.loads("\n".join(lines[first:])))
