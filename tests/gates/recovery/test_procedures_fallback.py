"""A fallback that no stub can show: counted by Prometheus, attested, or unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from golive.api import CheckResult, EvidenceLevel, Observation, Reason, Status, Unavailable
from golive.config.release import Attestation
from golive_gates.recovery import GATE
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.procedures.settings import Attested, Covered, FallbackAttestation
from golive_gates.recovery.providers.indirect import BAD_EVENTS
from golive_gates.recovery.providers.parts import Count, FallbackCounts
from golive_gates.recovery.providers.settings import Counted, GoodAndBad, ProviderSettings
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import provider_parts as p
from tests.gates.saying import evidence, said

DAY, LATER = date(2026, 3, 1), date(2026, 3, 2)
COUNTERS: tuple[Counted, ...] = get_args(Counted)
NAMES: tuple[Covered, ...] = get_args(Covered)
QUERIES: dict[Counted, GoodAndBad] = dict.fromkeys(COUNTERS, GoodAndBad("a", "f"))
SETTINGS = Settings(providers=ProviderSettings(counters=QUERIES, no_fallback_on=(400,)))
SAID = Attestation("홍길동", DAY, DAY, "분기 훈련 3회")
VOUCHED = Settings(
    providers=ProviderSettings(no_fallback_on=(400,)),
    attested=Attested(fallback=FallbackAttestation("홍길동", DAY, DAY)),
)
GOOD = Count(12.4, 0.0)
NO_STUB = Unavailable(Reason("no-stub"))
UNCOUNTED = Unavailable(Reason("no-fallback-counters"), kind="absent")
CHECKS = {
    c.spec.name.removeprefix("provider-"): c
    for c in GATE.checks
    if c.spec.name.startswith("provider-")
}
MEASURED, ATTESTED = EvidenceLevel.MEASURED, EvidenceLevel.ATTESTED


def counts(**by_key: Count) -> FallbackCounts:
    return FallbackCounts("http://p", by_key, (evidence("fallback-counters.json"),))


def judged(
    counted: object = UNCOUNTED,
    covers: tuple[str, ...] = (),
    *,
    settings: Settings = SETTINGS,
    drill: object = NO_STUB,
    day: date = DAY,
) -> dict[str, CheckResult]:
    """Results of every check of the fallback, by its name."""
    told = {f"provider-{name}": SAID for name in covers}
    parts = {
        "Fallback": drill,
        "FallbackCounts": counted,
        "Promises": Promises(day, told, (evidence("recovery-attested.json"),)),
    }
    return {n: said(c.evaluate(Observation(parts), settings)) for n, c in CHECKS.items()}


def shown(result: CheckResult) -> tuple[str, str, EvidenceLevel]:
    return result.status.value, result.reason.code, result.level


def of(name: str, count: Count, *covers: str, day: date = DAY) -> CheckResult:
    """The result of one check with that count."""
    return judged(counts(**{name.replace("-", "_"): count}), covers, day=day)[name]


def test_each_counter_and_each_statement_is_a_check_and_none_is_a_control() -> None:
    assert [key.replace("_", "-") for key in COUNTERS] == list(NAMES)
    assert set(CHECKS) == {*NAMES, "order", "healthy"}
    assert set(BAD_EVENTS) == set(COUNTERS)


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_in_for_the_drill_is_said(name: str) -> None:
    counted = of(name, GOOD, name)
    assert shown(counted) == ("pass", "counted-good", MEASURED)
    assert [(f.name, f.value) for f in counted.facts] == [("fallback_counted_by", "http://p")]
    assert counted.measurement is not None
    assert (counted.measurement.n, counted.measurement.failures) == (12, 0)
    vouched = judged(UNCOUNTED, (name,), settings=VOUCHED)[name]
    assert shown(vouched) == ("pass", "fallback-attested", ATTESTED)
    assert [(f.name, f.value) for f in vouched.facts] == [("fallback_attested_by", "홍길동")]


@pytest.mark.parametrize("name", NAMES)
def test_counted_failures_refute_what_a_person_says(name: str) -> None:
    failed = of(name, replace(GOOD, bad=0.3), name)
    assert shown(failed) == ("fail", "counted-bad", MEASURED)
    assert failed.measurement is not None
    assert (failed.measurement.n, failed.measurement.failures) == (13, 1)


def test_a_counted_failure_fails_its_own_check_alone() -> None:
    for key in COUNTERS:
        all_but_one = {**dict.fromkeys(COUNTERS, GOOD), key: Count(3.0, 1.0)}
        results = judged(counts(**all_but_one))
        failing = [n for n, r in results.items() if r.status is Status.FAIL]
        assert failing == [key.replace("_", "-")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("count", "code"),
    [
        (replace(GOOD, good=0.0), "counted-none"),
        (replace(GOOD, good=0.9), "counted-none"),
        (replace(GOOD, good=None), "counters-no-series"),
        (replace(GOOD, bad=None), "counters-no-series"),
        (replace(GOOD, trouble="prom-timeout", detail="2 s"), "counters-trouble"),
    ],
)
def test_what_shows_nothing_passes_only_with_an_attestation(
    name: str, count: Count, code: str
) -> None:
    alone = of(name, count)
    assert shown(alone)[:2] == ("inconclusive", code)
    assert alone.reason.params["counter"] == name.replace("-", "_")
    assert alone.blocked_by is None
    vouched = of(name, count, name)
    assert shown(vouched) == ("pass", "fallback-attested", ATTESTED)
    # The statement does not hide that counters were declared and say nothing.
    assert ("fallback_not_counted", code) in [(f.name, f.value) for f in vouched.facts]
    assert shown(of(name, count, name, day=LATER))[:2] == ("inconclusive", code)


def test_the_query_without_a_series_is_named() -> None:
    for count, query in ((Count(None, 0.0), "good"), (Count(3.0, None), "bad")):
        assert of("whole", count).reason.params["query"] == query


@pytest.mark.parametrize(("day", "code"), [(LATER, "promise-expired"), (date(2026, 2, 1), "")])
def test_an_attestation_that_is_not_in_force_decides_nothing(day: date, code: str) -> None:
    results = judged(UNCOUNTED, NAMES, settings=VOUCHED, day=day)
    for name in NAMES:
        assert shown(results[name])[:2] == ("inconclusive", code or "promise-later")


def test_a_statement_covers_only_what_it_names() -> None:
    results = judged(UNCOUNTED, ("fallback", "outage"), settings=VOUCHED)
    for name in NAMES:
        result = results[name]
        if name in ("fallback", "outage"):
            assert result.status is Status.PASS
            continue
        assert shown(result)[:2] == ("inconclusive", "nothing-stands-in"), name
        assert result.blocked_by is None
        assert result.reason.params == {"name": name, "counter": name.replace("-", "_")}


def test_controls_of_a_drill_that_is_not_made_do_not_apply() -> None:
    for settings in (SETTINGS, VOUCHED):
        results = judged(settings=settings)
        for name in ("order", "healthy"):
            assert shown(results[name])[:2] == ("not-applicable", "control-of-no-drill")


def test_counted_and_attested_together_decide_a_release_without_a_stub() -> None:
    half = counts(**dict.fromkeys(("fallback", "whole", "outage"), GOOD))
    results = judged(half, ("first-content", "return", "user-errors", "spend"))
    decided = {n: r.status for n, r in results.items() if n not in ("order", "healthy")}
    assert decided == dict.fromkeys(NAMES, Status.PASS)


def test_without_prometheus_that_is_the_reason() -> None:
    gone = Unavailable(Reason("core.needs-prometheus"), kind="absent")
    results = judged(gone, ("outage",))
    assert shown(results["whole"])[:2] == ("inconclusive", "core.needs-prometheus")
    assert results["outage"].status is Status.PASS


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (None, ("inconclusive", "no-policy")),
        ((), ("not-applicable", "policy-empty")),
        ((400,), ("pass", "counted-good")),
    ],
)
def test_errors_of_the_caller_need_a_policy(
    policy: tuple[int, ...] | None, wanted: tuple[str, str]
) -> None:
    chosen = replace(SETTINGS.providers, no_fallback_on=policy)
    found = judged(counts(user_errors=GOOD), settings=replace(SETTINGS, providers=chosen))
    assert shown(found["user-errors"])[:2] == wanted


def test_with_nothing_declared_a_drill_that_was_not_made_is_one_cause() -> None:
    results = judged(settings=Settings())
    own = results.pop("fallback")
    assert (own.status, own.reason.code) == (Status.INCONCLUSIVE, "no-stub")
    assert {r.blocked_by for r in results.values()} == {"recovery.provider-fallback"}
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}


def test_a_stub_that_gave_trouble_is_not_replaced() -> None:
    gone = Unavailable(Reason("stub-trouble", {"url": "http://s", "detail": "refused"}))
    chosen = replace(SETTINGS.providers, stub="http://s")
    results = judged(
        counts(**dict.fromkeys(COUNTERS, GOOD)),
        NAMES,
        settings=replace(SETTINGS, providers=chosen),
        drill=gone,
    )
    own = results.pop("fallback")
    assert (own.status, own.reason.code) == (Status.INCONCLUSIVE, "stub-trouble")
    assert {r.blocked_by for r in results.values()} == {"recovery.provider-fallback"}


def test_a_drill_that_was_made_is_not_overridden() -> None:
    spliced = p.fallback(p.leg(p.trial("cut@3", outcome="splice", asked_secondary=1)))
    results = judged(counts(**dict.fromkeys(COUNTERS, GOOD)), NAMES, drill=spliced)
    assert results["whole"].reason.code == "not-whole"
    results = judged(counts(**dict.fromkeys(COUNTERS, Count(1.0, 5.0))), (), drill=p.fallback())
    assert {r.status for r in results.values()} == {Status.PASS}
    assert {r.level for r in results.values()} == {MEASURED}
