"""Which static check of this gate already says why the drill comes out as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from golive.api import CheckResult, Finding, Observation, Status
from golive_gates.pipeline.checks import allow_lists, full_history, neutralised, scan_options
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.scans.gating import gates_of
from golive_gates.pipeline.scans.judging import causes_of
from golive_gates.pipeline.scans.model import KINDS as SCANS
from golive_gates.pipeline.settings import Settings

_JUDGES: Mapping[str, Callable[[Observation, Settings], CheckResult]] = {
    module.SPEC.id: module.judge
    for module in (allow_lists, full_history, neutralised, scan_options)
}


def first_failing(
    checks: Iterable[str], observation: Observation, settings: Settings, subjects: frozenset[str]
) -> str:
    """The first of *checks* that fails over a secret scan or its rules, empty for none.

    *subjects*: what findings call the scans of the drill.
    """
    for check in checks:
        result = _JUDGES[check](observation, settings)
        if result.status is Status.FAIL and any(
            _concerns(f, subjects) for f in result.findings if f.status is None
        ):
            return check
    return ""


def _concerns(finding: Finding, subjects: frozenset[str]) -> bool:
    kind = finding.reason.params.get("kind")
    if kind in SCANS:
        return kind == "secret-scan"
    scan = ": " in finding.subject and " / " in finding.subject
    # What is no scan is a file of rules.
    return finding.subject in subjects or not scan


def unscanned(observation: Observation, settings: Settings) -> str:
    """The check that says why no secret scan is waited for, empty where one is."""
    gates = [
        gate
        for repository in observation.require(Pipeline).repositories
        for gate in gates_of(repository, settings.deploy_jobs)
        if gate.kind == "secret-scan" and not gate.needed
    ]
    return (*causes_of(gates), "")[0]
