"""The drill against a generator built with the official SDKs, healthy and with each defect."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from golive.api import BudgetExhausted, CheckResult, Status, Unavailable
from golive_gates.recovery import GATE
from golive_gates.recovery.observers.providers import ProvidersObserver
from golive_gates.recovery.providers.labels import FAULTS
from golive_gates.recovery.providers.parts import ERROR, PRIMARY, SECONDARY, Fallback
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import provider_run as run
from tests.gates.recovery.provider_clients import QUICK, stub
from tests.gates.recovery.provider_generator import Defect, Generator, generator
from tests.gates.recovery.provider_parts import observed
from tests.gates.saying import said
from tests.gates.slo import doubles as d


def judged(part: Fallback, settings: Settings) -> dict[str, CheckResult]:
    return {
        c.spec.name.removeprefix("provider-"): said(c.evaluate(observed(part), settings))
        for c in GATE.checks
        if c.spec.name.startswith("provider-")
    }


def test_every_fault_in_both_directions() -> None:
    reverse = {**run.BODY, "reverse": True}
    part, settings = asyncio.run(
        run.seen(faults=FAULTS, one_way=False, reverse_body=reverse, breaker_requests=2)
    )
    results = judged(part, settings)
    assert {n: r.status for n, r in results.items()} == dict.fromkeys(results, Status.PASS)
    assert [leg.name for leg in part.legs] == ["openai → anthropic", "anthropic → openai"]
    assert part.rolled_back
    for leg in part.legs:
        assert leg.marked
        by = {t.fault: t for t in leg.trials[: len(FAULTS)]}
        assert set(by) == set(FAULTS)
        assert all(t.struck for t in by.values())
        want = {"primary": PRIMARY, "fallback": SECONDARY, "honest": ERROR}
        assert {f: t.outcome for f, t in by.items()} == {f: want[t.demand] for f, t in by.items()}


@pytest.mark.parametrize(
    ("defect", "check", "changed"),
    [
        ("no-fallback", "fallback", {}),
        ("fallback-splices", "whole", {}),
        (
            "sdk-retries-eat-budget",
            "first-content",
            {"faults": ("status-429", "cut@3"), "retry_after": 4.0, "threshold": 6.0},
        ),
        (
            "never-returns",
            "fallback",
            {"faults": ("status-503", "stall", "stall@3"), "answer_within": 3.0},
        ),
        ("trusts-truncated", "fallback", {"faults": ("status-503", "truncate", "truncate@3")}),
        ("hides-outage", "outage", {}),
        ("passes-the-blame", "user-errors", {}),
        ("sticks", "return", {"recovery_within": 3.0}),
        ("asks-both", "spend", {"no_fallback_on": ()}),
        ("wrong-order", "order", {}),
    ],
)
def test_each_defect_fails_its_own_check(
    defect: Defect, check: str, changed: dict[str, object]
) -> None:
    part, settings = asyncio.run(run.seen(defect, **changed))
    results = judged(part, settings)
    assert [n for n, r in results.items() if r.status is Status.FAIL] == [check]
    assert part.rolled_back


def test_a_generator_that_alters_answers_is_asked_about() -> None:
    part, settings = asyncio.run(run.seen("garbles"))
    assert judged(part, settings)["healthy"].reason.code == "unknown-answer"


def test_a_circuit_breaker_is_reported() -> None:
    async def go() -> Fallback:
        part, _, _ = await run.drilled(
            breaker=2, faults=("status-503",), no_fallback_on=(), breaker_requests=4,
            recovery_within=20.0,
        )  # fmt: skip
        assert isinstance(part, Fallback)
        return part

    (leg,) = asyncio.run(go()).legs
    assert leg.breaker is not None
    assert False in leg.breaker.asked
    assert leg.breaker.asked[0]
    assert leg.breaker.back is not None
    assert leg.breaker.back.requests > 1


def _gap(found: object) -> tuple[str, str]:
    assert isinstance(found, Unavailable), found
    return found.reason.code, str(found.reason.params.get("detail", ""))


def test_no_stub_is_no_evidence() -> None:
    observer = ProvidersObserver()
    ctx = run.context("http://127.0.0.1:9")
    assert observer.plan(ctx.scope, Settings()) == ()
    assert _gap(asyncio.run(observer.observe(ctx, Settings())))[0] == "no-stub"


def test_a_stub_that_is_not_there_or_is_none() -> None:
    async def go() -> tuple[object, object]:
        async with d.target(lambda _: d.answer(200, {})) as other:
            ctx = run.context(other.url)
            observer = ProvidersObserver()
            dead = await observer.observe(ctx, run.settings("http://127.0.0.1:9"))
            return dead, await observer.observe(ctx, run.settings(other.url))

    dead, strange = asyncio.run(go())
    assert _gap(dead)[0] == "stub-trouble"
    assert "no golive provider-stub" in _gap(strange)[1]


def test_nothing_is_sent_without_permission() -> None:
    async def go() -> tuple[object, int]:
        async with stub(QUICK) as one:
            ctx = run.context("http://192.0.2.1:1")
            part = await ProvidersObserver().observe(ctx, run.settings(one.url))
            return part, one.journal.last

    part, asked = asyncio.run(go())
    assert (_gap(part)[0], asked) == ("core.not-authorised", 0)


def test_a_stub_with_equal_answers_shows_nothing() -> None:
    async def go() -> object:
        script = replace(QUICK, answers={"openai": "같은 답", "anthropic": "같은 답"})
        async with stub(script) as one, generator(Generator(one)) as double:
            ctx = run.context(double.url)
            return await ProvidersObserver().observe(ctx, run.settings(one.url))

    assert "both providers answer the same" in _gap(asyncio.run(go()))[1]


def test_a_deadline_keeps_what_was_seen_and_rolls_back() -> None:
    part, _, settings = asyncio.run(
        run.drilled("never-returns", seconds=5.0, faults=("status-503", "stall", "cut"))
    )
    assert isinstance(part, Fallback)
    assert part.legs[0].stopped == "deadline"
    assert [t.fault for t in part.legs[0].trials] == ["status-503"]
    assert part.rolled_back
    results = judged(part, settings)
    assert {r.status for r in results.values()} <= {Status.INCONCLUSIVE, Status.PASS}
    assert results["fallback"].status is Status.INCONCLUSIVE


def test_a_spent_budget_rolls_back() -> None:
    with pytest.raises(BudgetExhausted):
        asyncio.run(run.drilled(budget=12))  # looks at the stub itself, at its end


def test_a_cancelled_drill_rolls_back() -> None:
    async def go() -> None:
        async with (
            stub(QUICK) as one,
            generator(Generator(one, "never-returns")) as double,
        ):
            settings = run.settings(one.url, faults=("stall",))
            observing = asyncio.create_task(
                ProvidersObserver().observe(run.context(double.url), settings)
            )
            while not one.board.standing():  # noqa: ASYNC110 - the drill puts it
                await asyncio.sleep(0.01)
            assert one.board.standing()[0].lease is not None
            observing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await observing
            assert one.board.standing() == ()

    asyncio.run(go())


def test_the_plan_covers_what_is_sent() -> None:
    async def go() -> tuple[int, int, str]:
        async with stub(QUICK) as one, generator(Generator(one)) as double:
            ctx, settings = run.context(double.url), run.settings(one.url)
            planned = ProvidersObserver().plan(ctx.scope, settings)
            await ProvidersObserver().observe(ctx, settings)
            evidence = ctx.evidence
            assert isinstance(evidence, d.MemoryEvidence)
            lines = evidence.kept["provider-fallback.jsonl"].decode()
            return sum(w.requests for w in planned), ctx.budget.sent, lines

    planned, sent, lines = asyncio.run(go())
    assert 0 < sent <= planned
    told = [json.loads(line) for line in lines.splitlines()]
    assert {"leg", "fault", "outcome", "journal"} <= set(told[0])
    assert "made-up" not in lines
