"""The rules of the demo's release on what its services really expose."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from golive.api import Observation
from tests.gates.observability.exposing import demo_pages
from tests.gates.observability.playing import behaviour, judged, play, soonest

RELEASE = Path("examples/golive_demo/release/prometheus")


@cache
def demo() -> Observation:
    """Both sets of the release: the rule file and the PrometheusRule."""
    return play(
        (RELEASE / "rules.yml").read_text(encoding="utf-8"),
        (RELEASE / "prometheusrule.yaml").read_text(encoding="utf-8"),
        (RELEASE / "servicemonitor.yaml").read_text(encoding="utf-8"),
        pages=demo_pages(),
    )


def test_every_check_passes() -> None:
    for name in ("promtool", "fires", "silent", "thresholds"):
        result = judged(name, demo())
        assert result.status.value == "pass", (name, result.findings)


def test_the_operators_copy_is_the_same() -> None:
    assert [s.same_as for s in behaviour(demo()).sets] == ["", "files"]
    assert behaviour(demo()).lacking == {}
    assert behaviour(demo()).invisible == ()


def test_each_alert_answers_its_own_signal() -> None:
    expected = {
        "error-rate": "HighErrorRate",
        "latency": "SseFirstContentSlow",
        "auth-failures": "AuthFailureBurst",
        "rate-limit": "RateLimitViolations",
        "openai-errors": "OpenAIErrorRateHigh",
        "anthropic-errors": "AnthropicErrorRateHigh",
        "streams-aborted": "SseStreamsAborted",
        "target-absent/down:project-service": "TargetDown",
        "target-absent/gone:generation-service": "GenerationServiceAbsent",
    }
    for scenario, alert in expected.items():
        assert 0 < soonest(demo(), scenario)[alert] <= 600, scenario
    assert soonest(demo(), "healthy") == soonest(demo(), "low-traffic") == {}


FAST = "sse_first_content_seconds_bucket[5m]"
ERRORS = 'code=~"5.."}[5m]))\n            /'
LIMIT = ") > 0.01\n          and"
VARIANTS = {
    "bucket-ceiling": ("", ""),
    "label-matchers": (ERRORS, ERRORS.replace('=~"5.."', '="5xx"')),
    "rate-window": (FAST, FAST.replace("5m", "30s")),
    "silent": (
        "(increase(auth_failures_total[5m])) > 30",
        "(increase(auth_failures_total[5m])) > 0",
    ),
    "thresholds": (LIMIT, LIMIT.replace("0.01", "0.05")),
}
"""By the check that has to fail alone: what of the rule file is replaced, and by what."""
WITH_METRICS = ("parse", "exposition", "metrics-exist", "label-matchers", "bucket-ceiling")
OURS = ("promtool", "fires", "silent", "thresholds")
ON_RULES = ("expressions", "rule-fields", "comparison", "impossible", "rate-window", "severity")


@pytest.mark.parametrize("cause", VARIANTS)
def test_each_way_to_break_an_alert_fails_one_check(cause: str) -> None:
    text = (RELEASE / "rules.yml").read_text(encoding="utf-8")
    old, new = VARIANTS[cause]
    assert old in text
    pages: dict[str, str | bytes] = dict(demo_pages())
    if cause == "bucket-ceiling":
        pages = {name: capped(page) for name, page in pages.items()}
    seen = play(
        text.replace(old, new) if old else text,
        (RELEASE / "servicemonitor.yaml").read_text(encoding="utf-8"),
        pages=pages,
    )
    results = {name: judged(name, seen) for name in (*WITH_METRICS, *OURS, *ON_RULES)}
    assert [n for n, r in results.items() if r.status.value == "fail"] == [cause]
    waiting = {r.blocked_by for r in results.values() if r.status.value == "inconclusive"}
    assert waiting <= {f"observability.{cause}", "observability.fires"}


def capped(page: str | bytes) -> bytes:
    """*page* with histograms that end at 1 s."""
    text = page.decode() if isinstance(page, bytes) else page
    high = ('le="1.5"', 'le="2.0"', 'le="3.0"', 'le="5.0"', 'le="10.0"', 'le="30.0"')
    lines = (x for x in text.splitlines() if not any(bound in x for bound in high))
    return ("\n".join(lines) + "\n").encode()
