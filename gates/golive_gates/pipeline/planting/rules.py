"""Whether the project's rules are what gitleaks stumbles over."""

from __future__ import annotations

from golive.api import Observation, Status
from golive_gates.pipeline.checks import allow_lists
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings


def refused_rules(observation: Observation, settings: Settings) -> str:
    """The check that reports rules which gitleaks cannot read, empty where none does."""
    if not isinstance(observation.find(Pipeline), Pipeline):
        return ""
    result = allow_lists.judge(observation, settings)
    told = result.status in (Status.FAIL, Status.INCONCLUSIVE) and result.findings
    return allow_lists.SPEC.id if told else ""
