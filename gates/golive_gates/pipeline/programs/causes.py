"""Which check of this gate says why a program refuses a file."""

from __future__ import annotations

from golive.api import Observation, Status
from golive_gates.pipeline.looking import READ_CHECK
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings


def refusing(observation: Observation, settings: Settings) -> str:
    """Id of the failing check on the form of the files, empty where all of them are in order."""
    # Its schemas take a moment to load: only when a program did not answer.
    from golive_gates.pipeline.checks.schema import SPEC, judge

    if observation.require(Pipeline).problems:
        return READ_CHECK
    failed = judge(observation, settings).status is Status.FAIL
    return SPEC.id if failed else ""
