"""``pipeline.actionlint``: the linter of workflows takes them.

What: actionlint, where it is installed (else not applicable), without shellcheck and pyflakes.
Syntax, jobs that are needed and what called workflows are given are other checks' and left out
here. Why: it types expressions, knows the inputs of popular actions and the labels of runners.
Remedy: correct what its findings name.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Observation,
    Severity,
    Status,
    Unavailable,
)
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.programs.causes import refusing
from golive_gates.pipeline.programs.judging import opined
from golive_gates.pipeline.programs.owners import ACTIONLINT
from golive_gates.pipeline.programs.parts import Actionlint, Said
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.actionlint", Severity.MEDIUM, required=False, needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No finding that is its own."""
    part = observation.find(Actionlint)
    if isinstance(part, Unavailable) and part.kind == "absent":
        # A second opinion that no package of golive brings: without it no question stays open.
        return SPEC.not_applicable(part.reason)
    opinion = observation.require(Actionlint).opinion
    paths = {trouble.path for trouble in opinion.troubles}
    blocked_by = refusing(observation, settings, paths) if paths else ""
    return opined(SPEC, observation, opinion, ACTIONLINT, _weight, blocked_by)


def _weight(said: Said) -> Status | None:
    """An unknown label of a runner may be that of one's own."""
    return Status.WARN if said.ident == "runner-label" else None


CHECK = Check(SPEC, (Pipeline, Actionlint), judge)
