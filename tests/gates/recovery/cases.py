"""One passing, failing and no-evidence observation for every check of gate `recovery`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

CASES: dict[str, Any] = {
    check: case
    for file in sorted(Path(__file__).parent.glob("cases_*.py"))
    for check, case in import_module(f"tests.gates.recovery.{file.stem}").CASES.items()
}
