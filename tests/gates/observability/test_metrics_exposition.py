"""``observability.exposition``: what of the services' metrics could be read."""

from __future__ import annotations

import pytest

from golive.api import EvidenceLevel, Observation, Reason, Status, Unavailable
from golive.model import CheckResult
from golive_gates.observability.metrics.exposed import Exposed, Exposure, Trouble
from golive_gates.observability.metrics.inventory import Source
from golive_gates.observability.settings import Settings
from tests.gates.observability.exposing import CHECKS, EVIDENCE, demo_pages, exposed
from tests.gates.saying import codes, said


def judged(part: Exposed | Unavailable) -> CheckResult:
    result = CHECKS["exposition"].evaluate(Observation({"Exposed": part}), Settings())
    said(result)
    return result


def trouble(code: str, *, charged: bool) -> Exposed:
    """A service that answered well, and one that did not."""
    bad = Exposure(
        Source("web", "http://web/metrics", True), None, Trouble(code, "", "503", 3), charged
    )
    return Exposed((*exposed({"api": "x 1\n"}).exposures, bad), (), (EVIDENCE,))


def test_live_metrics_are_a_measurement() -> None:
    result = judged(exposed(demo_pages()))
    assert (result.status, result.level) == (Status.PASS, EvidenceLevel.MEASURED)
    facts = {f.name: f.value for f in result.facts}
    assert facts["exposed_services"] == 2
    assert isinstance(facts["exposed_series"], int)
    assert facts["exposed_series"] > 200


def test_files_are_a_design() -> None:
    result = judged(exposed({"api": "x 1\n"}, live=False))
    assert result.design_only
    assert result.reason.code == "only-files"


@pytest.mark.parametrize(
    "code",
    ["empty", "no-series", "html", "json", "not-utf8", "unparseable", "missing", "status"],
)
def test_a_page_that_prometheus_would_drop_fails(code: str) -> None:
    result = judged(trouble(f"metrics-{code}", charged=True))
    assert (result.status, codes(result)) == (Status.FAIL, [f"metrics-{code}"])
    assert result.findings[0].subject == "web"


@pytest.mark.parametrize(
    "code", ["unreachable", "unauthorised", "too-large", "protobuf", "encoded", "unreadable"]
)
def test_what_may_be_golives_own_trouble_is_undecided(code: str) -> None:
    result = judged(trouble(f"metrics-{code}", charged=False))
    assert (result.status, codes(result)) == (Status.INCONCLUSIVE, [f"metrics-{code}"])
    assert result.reason.params["subject"] == "web"


def test_a_service_without_declared_metrics_is_undecided() -> None:
    result = judged(exposed({"api": "x 1\n"}, unasked=("web",)))
    assert (result.status, codes(result)) == (Status.INCONCLUSIVE, ["metrics-undeclared"])


def test_remarks_warn() -> None:
    result = judged(exposed({"api": "x 1\nx 2\ny NaN\n"}))
    assert result.status is Status.WARN
    assert codes(result) == ["remark-duplicate", "remark-not-a-number"]


def test_nothing_at_all_was_declared() -> None:
    gap = Unavailable(Reason("no-exposition"), kind="absent")
    result = judged(gap)
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "no-exposition")


def test_the_live_page_of_a_service_goes_before_its_file() -> None:
    live, file = exposed({"api": "x 1\n"}), exposed({"api": "x 2\n"}, live=False)
    both = Exposed((*file.exposures, *live.exposures))
    assert [s.value for s in both.inventory.samples("x")] == [1.0]
    broken = Exposed((*trouble("metrics-html", charged=True).exposures[1:], *file.exposures))
    assert [s.value for s in broken.inventory.samples("x")] == [2.0]
    assert not broken.live
    assert broken.unseen == ("web",)
