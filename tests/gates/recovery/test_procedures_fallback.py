"""A fallback that no stub can show: counted by Prometheus, attested, or unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from golive.api import EvidenceLevel, Observation, Reason, Status, Unavailable
from golive.codec import decode, encode
from golive.config.model import Prometheus
from golive.config.release import Attestation
from golive_gates.recovery.checks import provider_fallback
from golive_gates.recovery.observers.provider_metrics import ProviderMetricsObserver
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.providers.parts import FallbackCounts
from golive_gates.recovery.providers.settings import FallbackCounters, ProviderSettings
from golive_gates.recovery.settings import Settings
from tests.gates.saying import evidence, said
from tests.gates.slo import doubles as d

DAY = date(2026, 3, 1)
SETTINGS = Settings(providers=ProviderSettings(counters=FallbackCounters("a", "f")))
COUNTS = FallbackCounts("http://p", 12.4, 0.0, evidence=(evidence("fallback-counters.json"),))
UNCOUNTED = Unavailable(Reason("no-fallback-counters"), kind="absent")
SAID = Attestation("홍길동", DAY, DAY, "분기 훈련 3회")


def judged(counts: object, said_: Attestation | None = None, day: date = DAY) -> tuple[str, ...]:
    """Status, reason and level of a gate without a stub."""
    told = {} if said_ is None else {"provider-fallback": said_}
    parts = {
        "Fallback": Unavailable(Reason("no-stub")),
        "FallbackCounts": counts,
        "Promises": Promises(day, told, (evidence("recovery-attested.json"),)),
    }
    found = said(provider_fallback.CHECK.evaluate(Observation(parts), SETTINGS))
    return found.status.value, found.reason.code, found.level.value


MEASURED, ATTESTED = EvidenceLevel.MEASURED.value, EvidenceLevel.ATTESTED.value


def test_what_stands_in_for_the_drill_is_said() -> None:
    assert judged(COUNTS) == ("pass", "counted-answered", MEASURED)
    assert judged(UNCOUNTED, SAID) == ("pass", "fallback-attested", ATTESTED)
    assert judged(COUNTS, SAID) == ("pass", "counted-answered", MEASURED)


def test_counted_failures_refute_what_a_person_says() -> None:
    failed = replace(COUNTS, failed=0.3)
    assert judged(failed, SAID) == ("fail", "counted-failed", MEASURED)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (replace(COUNTS, answered=0.0), "counted-none"),
        (replace(COUNTS, answered=0.9), "counted-none"),
        (replace(COUNTS, failed=None), "counters-no-series"),
        (replace(COUNTS, trouble="prom-timeout", detail="2 s"), "counters-trouble"),
        (UNCOUNTED, "no-stub"),
    ],
)
def test_what_shows_nothing_passes_only_with_an_attestation(counts: object, code: str) -> None:
    assert judged(counts)[:2] == ("inconclusive", code)
    assert judged(counts, SAID) == ("pass", "fallback-attested", ATTESTED)


def test_an_attestation_that_has_run_out_decides_nothing() -> None:
    found = judged(UNCOUNTED, SAID, date(2026, 3, 2))
    assert found[:2] == ("inconclusive", "promise-expired")


def test_a_stub_that_gave_trouble_is_not_replaced() -> None:
    gone = Unavailable(Reason("stub-trouble", {"url": "http://s", "detail": "refused"}))
    parts = {"Fallback": gone, "FallbackCounts": COUNTS, "Promises": UNCOUNTED}
    found = provider_fallback.CHECK.evaluate(Observation(parts), SETTINGS)
    assert (found.status, found.reason.code) == (Status.INCONCLUSIVE, "stub-trouble")


def series(*values: str) -> dict[str, object]:
    result = [{"metric": {"n": str(n)}, "value": [1.0, v]} for n, v in enumerate(values)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


async def counted(answered: object, failed: object) -> FallbackCounts:
    """What the observer makes of Prometheus' two answers."""
    answers = {"a": answered, "f": failed}

    def handler(got: d.Got) -> d.Answer:
        return d.answer(200, answers[parse_qs(urlsplit(got.path).query)["query"][0]])

    async with d.target(handler) as double:
        settled = replace(d.config(double.url), prometheus=Prometheus(double.url, timeout=5.0))
        ctx = d.context(settled)
        observer = ProviderMetricsObserver()
        found = await observer.observe(ctx, SETTINGS)
        planned = sum(w.requests for w in observer.plan(ctx.scope, SETTINGS))
        assert ctx.budget.sent == len(double.requests) <= planned
    assert isinstance(found, FallbackCounts)
    assert decode(FallbackCounts, encode(found)) == found
    return found


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answered", "failed", "wanted"),
    [
        (series("3"), series("0"), (3.0, 0.0, "")),
        (series("3"), series(), (3.0, None, "")),
        (series("3", "4"), series("0"), (None, None, "prom-shape")),
        (series("3"), series("NaN"), (3.0, None, "prom-shape")),
        (series("-1"), series("0"), (None, None, "prom-shape")),
        (series("many"), series("0"), (None, None, "prom-shape")),
        ({"status": "error", "error": "bad query"}, series("0"), (None, None, "prom-status")),
        ({**series("3"), "warnings": ["cut"]}, series("0"), (3.0, 0.0, "prom-warnings")),
    ],
)
async def test_counts_are_read_or_why_they_are_not(
    answered: object, failed: object, wanted: tuple[float | None, float | None, str]
) -> None:
    found = await counted(answered, failed)
    assert (found.answered, found.failed, found.trouble) == wanted


@pytest.mark.anyio
async def test_without_counters_or_prometheus_nothing_is_asked() -> None:
    observer, ctx = ProviderMetricsObserver(), d.context(d.config("http://127.0.0.1:1"))
    for settings, code in (
        (Settings(), "no-fallback-counters"),
        (SETTINGS, "core.needs-prometheus"),
    ):
        found = await observer.observe(ctx, settings)
        assert isinstance(found, Unavailable)
        assert found.reason.code == code
        assert observer.plan(ctx.scope, settings) == ()
    assert ctx.budget.sent == 0
