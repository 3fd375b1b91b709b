"""Counters of fallbacks: asked of Prometheus, declared in golive.yaml, vouched for by people."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from golive.api import Observation, Reason, Status, Unavailable
from golive.codec import decode, encode
from golive.config.errors import ConfigError
from golive.config.loader import load_config
from golive.config.model import Prometheus
from golive_gates.recovery import GATE
from golive_gates.recovery.observers.promises import PromisesObserver
from golive_gates.recovery.observers.provider_metrics import ProviderMetricsObserver
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.procedures.settings import Attested, FallbackAttestation
from golive_gates.recovery.providers.parts import Count, FallbackCounts
from golive_gates.recovery.providers.settings import Counted, GoodAndBad, ProviderSettings
from golive_gates.recovery.settings import Settings
from tests.gates.saying import said
from tests.gates.slo import doubles as d
from tests.gates.slo.test_real_prometheus import prometheus

DAY = date(2026, 3, 1)
TWO: dict[Counted, GoodAndBad] = {
    "fallback": GoodAndBad("a", "f"),
    "whole": GoodAndBad("w", "s"),
}
SETTINGS = Settings(providers=ProviderSettings(counters=TWO))


def series(*values: str) -> dict[str, object]:
    result = [{"metric": {"n": str(n)}, "value": [1.0, v]} for n, v in enumerate(values)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


async def seen(answer: Callable[[str], d.Answer]) -> tuple[FallbackCounts, list[str]]:
    """What the observer makes of Prometheus' answers, and the queries in their order."""

    def query(got: d.Got) -> str:
        return parse_qs(urlsplit(got.path).query)["query"][0]

    async with d.target(lambda got: answer(query(got))) as double:
        settled = replace(d.config(double.url), prometheus=Prometheus(double.url, timeout=30.0))
        ctx = d.context(settled)
        observer = ProviderMetricsObserver()
        found = await observer.observe(ctx, SETTINGS)
        planned = sum(w.requests for w in observer.plan(ctx.scope, SETTINGS))
        assert ctx.budget.sent == len(double.requests) <= planned == 4
        queries = [query(got) for got in double.requests]
    assert isinstance(found, FallbackCounts)
    assert decode(FallbackCounts, encode(found)) == found
    return found, queries


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("good", "bad", "wanted"),
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
    good: object, bad: object, wanted: tuple[float | None, float | None, str]
) -> None:
    answers = {"a": good, "f": bad, "w": series("7"), "s": series("1")}
    found, _ = await seen(lambda query: d.answer(200, answers[query]))
    fallback = found.counts["fallback"]
    assert (fallback.good, fallback.bad, fallback.trouble) == wanted
    # The trouble of one query says nothing of the others.
    assert found.counts["whole"] == Count(7.0, 1.0)


@pytest.mark.anyio
async def test_a_prometheus_that_refuses_is_not_asked_again() -> None:
    found, queries = await seen(lambda _: d.answer(401, {}))
    assert queries == ["a"]
    assert {c.trouble for c in found.counts.values()} == {"prom-auth"}
    assert {(c.good, c.bad) for c in found.counts.values()} == {(None, None)}


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


def grown(now: float) -> Iterator[str]:
    """An hour of counters: forty fallbacks answered, three outages of both, one of them hidden."""
    times = range(int(now) - 3600, int(now), 60)
    yield "# TYPE llm_fallbacks counter"
    for i, t in enumerate(times):
        yield f'llm_fallbacks_total{{outcome="answered"}} {min(i, 40)} {t}'
    yield "# TYPE llm_outages counter"
    for told, most in (("yes", 2), ("no", 1)):
        for i, t in enumerate(times):
            yield f'llm_outages_total{{told="{told}"}} {min(i, most)} {t}'
    yield "# EOF"


def over(metric: str, **labels: str) -> str:
    chosen = ",".join(f'{k}="{v}"' for k, v in labels.items())
    return f"sum(max_over_time({metric}{{{chosen}}}[2h]))"


@pytest.mark.anyio
async def test_a_real_prometheus_decides(tmp_path: Path) -> None:
    counters: dict[Counted, GoodAndBad] = {
        "fallback": GoodAndBad(
            over("llm_fallbacks_total", outcome="answered"),
            over("llm_fallbacks_total", outcome="failed") + " or vector(0)",
        ),
        "outage": GoodAndBad(
            over("llm_outages_total", told="yes"), over("llm_outages_total", told="no")
        ),
        "whole": GoodAndBad(over("llm_answers_total", whole="yes"), "vector(0)"),
        "return": GoodAndBad("sum(rate(llm_fallbacks_total))", "vector(0)"),
    }
    settings = Settings(providers=ProviderSettings(counters=counters))
    async with prometheus(tmp_path, grown(time.time())) as url:
        settled = replace(d.config("http://127.0.0.1:1"), prometheus=Prometheus(url, timeout=30.0))
        found = await ProviderMetricsObserver().observe(d.context(settled), settings)
    assert isinstance(found, FallbackCounts), found
    assert (found.counts["fallback"].good, found.counts["fallback"].bad) == (40.0, 0.0)
    parts = {"Fallback": Unavailable(Reason("no-stub")), "FallbackCounts": found}
    observed = Observation({**parts, "Promises": Promises(DAY)})
    by = {c.spec.name: said(c.evaluate(observed, settings)) for c in GATE.checks if c.spec.name in (
        "provider-fallback", "provider-outage", "provider-whole", "provider-return",
    )}  # fmt: skip
    assert {n: (r.status, r.reason.code) for n, r in by.items()} == {
        "provider-fallback": (Status.PASS, "counted-good"),
        "provider-outage": (Status.FAIL, "counted-bad"),
        "provider-whole": (Status.INCONCLUSIVE, "counters-no-series"),
        "provider-return": (Status.INCONCLUSIVE, "counters-trouble"),
    }


@pytest.mark.anyio
async def test_a_statement_is_told_of_each_check_that_it_covers() -> None:
    fallback = FallbackAttestation("홍길동", DAY, DAY, "x", covers=("fallback", "user-errors"))
    ctx = d.context(d.config("http://127.0.0.1:1"))
    found = await PromisesObserver().observe(ctx, Settings(attested=Attested(fallback=fallback)))
    assert isinstance(found, Promises)
    assert set(found.said) == {"provider-fallback", "provider-user-errors"}
    assert decode(Promises, json.loads(json.dumps(encode(found)))) == found


BASE = """\
apiVersion: golive/v1
service: {name: demo, version: "1"}
gates:
  recovery:
"""


def loaded(folder: Path, *lines: str) -> Settings:
    """Settings of the gate with those lines below ``gates.recovery``."""
    file = folder / "golive.yaml"
    file.write_text(BASE + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    settings = load_config(file, gate_settings={"recovery": GATE.settings}).settings["recovery"]
    assert isinstance(settings, Settings)
    return settings


def test_counters_and_statements_are_written_by_check(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "providers:",
        "  counters:",
        "    return: {good: a, bad: b}",
        "    first_content: {good: c, bad: d}",
        "attested:",
        "  fallback: {by: 홍길동, on: 2026-03-01, until: 2026-09-01, covers: [whole, return]}",
    )
    assert settings.providers.counters == {
        "return": GoodAndBad("a", "b"),
        "first_content": GoodAndBad("c", "d"),
    }
    assert settings.attested.fallback is not None
    assert settings.attested.fallback.covers == ("whole", "return")


def test_a_statement_without_a_word_on_it_covers_the_fallback_alone(tmp_path: Path) -> None:
    line = "attested: {fallback: {by: 홍길동, on: 2026-03-01, until: 2026-09-01}}"
    attested = loaded(tmp_path, line).attested.fallback
    assert attested is not None
    assert attested.covers == ("fallback",)


@pytest.mark.parametrize(
    ("lines", "place", "told"),
    [
        (
            ("providers:", "  counters:", "    first-content: {good: a, bad: b}"),
            "golive.yaml:7:",
            "first_content",
        ),
        (("providers:", "  counters: {answered: a, failed: b}"), "golive.yaml:6:", "answered"),
        (
            ("providers:", "  counters:", "    whole: {good: a, bad: b, all: c}"),
            "golive.yaml:7:",
            "all",
        ),
        (("providers:", "  counters:", "    whole: {good: a}"), "golive.yaml:7:", "bad"),
        (
            (
                "attested:",
                "  fallback: {by: x, on: 2026-03-01, until: 2026-09-01, covers: [order]}",
            ),
            "golive.yaml:6:",
            "order",
        ),
        (
            ("attested:", "  fallback: {by: x, on: 2026-03-01, until: 2026-09-01, covers: []}"),
            "golive.yaml:6:",
            "covers",
        ),
    ],
)
def test_what_is_not_known_is_refused_where_it_stands(
    tmp_path: Path, lines: tuple[str, ...], place: str, told: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, *lines)
    text = str(refused.value)
    assert place in text, text
    assert told in text, text
