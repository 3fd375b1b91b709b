"""The versions of Python that one test run of a pipeline runs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from golive_gates.pipeline.model.expressions import filled, is_true, truth
from golive_gates.pipeline.model.matrix import Combination, Unknown, expanded
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.pythons.environments import used_by
from golive_gates.pipeline.pythons.model import Stated
from golive_gates.pipeline.pythons.setups import stated_for
from golive_gates.pipeline.pythons.values import Around
from golive_gates.pipeline.scans.model import Scan

PYTHON_TOOLS = frozenset(
    ("pytest", "unittest", "tox", "nox", "nose2", "trial", "ward", "behave", "django", "hatch")
)


def versions_of(scan: Scan, repository: Repository) -> tuple[Stated, ...]:
    """What *scan*, a test run, runs on: every combination of its matrix, each version once."""
    combinations = expanded(scan.node.job, repository)
    if isinstance(combinations, Unknown):
        fixed = _of_combination(scan, {}, repository)
        if fixed and not any(s.unknown for s in fixed):
            return tuple(fixed)
        return (Stated(combinations.place, text=combinations.what, unknown=True),)
    found: dict[tuple[str, str, bool, bool], Stated] = {}
    for combination in combinations:
        for stated in _of_combination(scan, combination, repository):
            key = (stated.version, stated.text, stated.tolerated, stated.skipped)
            found.setdefault(key, stated)
    return tuple(found.values())


def _of_combination(scan: Scan, combination: Combination, repository: Repository) -> list[Stated]:
    contexts: dict[str, Any] = {"matrix": {n: v.value for n, v in combination.items()}}
    if not combination:
        contexts = {}
    if scan.node.given or scan.step.given:
        contexts["inputs"] = {**scan.node.given, **scan.step.given}
    contexts["env"] = {n: t for n, t in scan.env.items() if "${{" not in t}
    around = Around(repository, combination, contexts)
    has = stated_for(scan, around)
    # With several versions in one job the last one is what runs.
    used = used_by(scan, has, around) if scan.tool in ("tox", "nox") else has[-1:]
    used = used or [Stated(scan.step.place.below("run"))]
    if any(truth(c, contexts, "success") is False for c in _conditions(scan)):
        return [replace(s, skipped=True) for s in used]
    if any(is_true(t, contexts) for t in _tolerances(scan)):
        return [replace(s, tolerated=True) for s in used]
    return used


def _conditions(scan: Scan) -> Iterator[str]:
    """Those that differ from one combination to the next."""
    for step in (*scan.step.within, scan.step):
        condition = filled(step.condition, step.given)
        if "matrix" in condition:
            yield condition


def _tolerances(scan: Scan) -> Iterator[object]:
    steps = (*scan.step.within, scan.step)
    for written in (*(s.continue_on_error for s in steps), scan.node.job.continue_on_error):
        if isinstance(written, str) and "matrix" in written:
            yield written
