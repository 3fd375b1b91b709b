"""Which check of this gate says why a program refuses a file."""

from __future__ import annotations

from collections.abc import Collection

from golive.api import Observation, Status
from golive_gates.pipeline.looking import READ_CHECK
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings


def refusing(observation: Observation, settings: Settings, paths: Collection[str]) -> str:
    """Id of the check that has something against the form of the files at *paths*, else empty.

    A warning is a cause too: what may be newer than a schema may be newer than a program.
    """
    # Its schemas take a moment to load: only when a program did not answer.
    from golive_gates.pipeline.checks.schema import SPEC, judge

    if observation.require(Pipeline).problems:
        return READ_CHECK
    result = judge(observation, settings)
    named = {f.location.path for f in result.findings if f.location is not None}
    return SPEC.id if result.status is Status.FAIL or named & {*paths} else ""
