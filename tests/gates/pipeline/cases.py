"""One passing, failing and no-evidence observation for every check of gate `pipeline`.

Topics with cases of their own have them in ``cases_<topic>.py``; the other file-based checks are
shown on the demo's release and its mutations.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from golive_gates.pipeline import GATE
from tests.mutations.mutated_cases import mutated_cases

OWN: dict[str, Any] = {
    check: case
    for file in sorted(Path(__file__).parent.glob("cases_*.py"))
    for check, case in import_module(f"tests.gates.pipeline.{file.stem}").CASES.items()
}
CASES: dict[str, Any] = {**mutated_cases(GATE, but=OWN), **OWN}
