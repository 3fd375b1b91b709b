"""Progress: how much of a gate's plan is behind us, and the plain lines of a log."""

from __future__ import annotations

import pytest

from golive.cli.progress import Weights, watching
from golive.gate import Lane, PlannedWork
from golive.planning import GatePlan

PLAN = GatePlan(
    "slo",
    (
        PlannedWork("readiness", Lane.QUIET, 100, 24.0),
        PlannedWork("readiness", Lane.QUIET, 100, 24.0),
        PlannedWork("streams", Lane.QUIET, 93, 48.0),
        PlannedWork("contract", Lane.QUIET, 1, 8.0),
    ),
)


def test_parts_of_an_observer_share_its_seconds() -> None:
    weights = Weights([PLAN])
    assert weights.total("slo") == 80.0
    assert weights.advance("slo", "contract", 1, 1) == 8.0
    assert weights.advance("slo", "readiness: a", 100, 100) == 8.0 + 24.0
    assert weights.advance("slo", "readiness: b", 0, 100) == 8.0 + 12.0
    assert weights.advance("slo", "readiness: b", 50, 100) == 8.0 + 18.0
    assert weights.advance("slo", "streams", 93, 93) == 8.0 + 18.0 + 48.0


def test_a_step_nobody_planned_and_more_than_planned_never_pass_the_whole() -> None:
    weights = Weights([PLAN])
    assert weights.advance("slo", "surprise", 5, 5) == 0.0
    assert weights.advance("slo", "streams", 200, 93) == 48.0
    assert weights.advance("slo", "contract", 0, 0) == 56.0


def test_a_log_gets_the_first_and_the_last_news_of_a_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with watching([PLAN], lambda _, step: step.upper()) as progress:
        for done in range(101):
            progress.update("slo", "readiness: api", done, 100, 2.5)
    assert capsys.readouterr().err == (
        "[slo] READINESS: api: 0/100, ~2 s\n[slo] READINESS: api: 100/100\n"
    )
