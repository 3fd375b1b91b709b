"""``pipeline.zizmor``: the auditor of workflows has nothing grave against them.

What: zizmor, offline and over exactly the files that were read. Its findings of medium or high
severity fail when it is at least moderately sure of them; others warn. Those whose cause another
check of this gate reports are left out and counted. Why: it knows attacks that no other check
looks for, above all text of strangers that becomes code (template injection). Remedy: what its
page on the audit says, under https://docs.zizmor.sh/audits; or its own comment
``zizmor: ignore[rule]`` with a reason, of which this check counts how many there are.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation, Status
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.programs.causes import refusing
from golive_gates.pipeline.programs.judging import opined
from golive_gates.pipeline.programs.owners import ZIZMOR
from golive_gates.pipeline.programs.parts import Said, Zizmor
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.zizmor", required=False, needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No grave finding that is its own."""
    opinion = observation.require(Zizmor).opinion
    paths = {trouble.path for trouble in opinion.troubles}
    blocked_by = refusing(observation, settings, paths) if paths else ""
    return opined(SPEC, observation, opinion, ZIZMOR, _weight, blocked_by)


def _weight(said: Said) -> Status | None:
    grave = said.severity in ("medium", "high") and said.confidence in ("medium", "high")
    return None if grave else Status.WARN


CHECK = Check(SPEC, (Pipeline, Zizmor), judge)
