"""The load on real servers on loopback: what is sent, counted, refused and planned."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from golive.api import RateLimit, Scope, Status, Unavailable
from golive.context import BudgetExhausted
from golive_gates.load.observers.load import LoadObserver
from golive_gates.load.observers.load_ask import Ask, ask_of
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p
from tests.gates.load.run import CLIENTS, LOAD, READY, SHORT, SLOS, Service, loaded, seen_of, stream
from tests.gates.slo import doubles as d

pytestmark = pytest.mark.anyio


async def test_everything_declared_is_sent_counted_and_listed() -> None:
    part, double, ctx = await seen_of(Service())
    seen = loaded(part)
    assert seen.api is not None
    assert seen.streams is not None
    assert (seen.api.planned, seen.api.ok) == (20, 20)
    assert (seen.streams.planned, seen.streams.ok) == (10, 10)
    assert len(seen.streams.first_contents) == 10
    assert seen.warmed == 6
    assert double.count("GET", "/projects") == 24
    assert double.count("POST") == 12 + 1  # and one to see that it has recovered
    sent = {(s.method, s.url.rpartition("/")[2]): s.count for s in ctx.sent.requests}
    assert sent["GET", "projects"] == 24
    assert sent["POST", "generate"] == 13
    assert ctx.budget.sent == len(double.requests)
    assert seen.recovery is not None
    assert seen.recovery.seconds is not None
    assert seen.in_flight >= 1
    assert seen.goodput > 0


async def test_requests_say_who_they_are_and_have_ids_of_their_own() -> None:
    _, double, _ = await seen_of(Service())
    posts = [g for g in double.requests if g.method == "POST"]
    ids = Counter(str(g.json["projectId"]) for g in posts)
    assert max(ids.values()) == 1
    assert all(i.startswith("golive-") for i in ids)
    of_load = [g for g in double.requests if g.path != "/readyz"]
    assert {g.headers["authorization"] for g in of_load} == {"Bearer load"}
    assert all(g.headers["user-agent"].startswith("golive/") for g in double.requests)


async def test_failures_are_counted_by_what_they_say() -> None:
    api = iter([*[d.answer(503, {})] * 6, *[d.answer(404, {})] * 3, *[d.answer(429, {})] * 4])
    streams = iter([stream("something else"), d.sse(b"event: content\ndata: {}\n\n")])

    def handler(got: d.Got) -> d.Answer:
        if got.path == "/readyz":
            return READY
        if got.method == "POST":
            return next(streams, stream())
        return next(api, d.answer(200, []))

    part, _, _ = await seen_of(handler, replace(SHORT, warmup=0.0))
    seen = loaded(part)
    assert seen.api is not None
    assert seen.streams is not None
    assert [(c.kind, c.count) for c in seen.api.unavailable] == [("status-503", 6)]
    assert [(c.kind, c.count) for c in seen.api.client_errors] == [("status-404", 3)]
    assert (seen.api.limited, seen.api.ok) == (4, 7)
    assert {c.kind for c in seen.streams.broken} == {"wrong-content", "truncated"}
    assert seen.streams.ok == 8
    # Judged with a plan of its own size: nothing is missing.
    assert (seen.api.missing, seen.streams.missing) == (0, 0)


async def test_a_target_that_refuses_the_load_has_one_cause() -> None:
    busy = d.answer(503, {}, Retry_After="1")
    part, _, _ = await seen_of(
        Service(api=busy, stream=busy),
        replace(SHORT, duration=2.0, recovery_within=1.0),
    )
    seen = loaded(part)
    failing = [c for c in p.CHECKS if c in LOAD and p.judge(c, seen).status is Status.FAIL]
    assert failing == ["load.availability"]


async def test_without_a_client_for_the_load_the_limit_is_not_met_on_purpose() -> None:
    limit = RateLimit(20, 60.0, ("/projects",))
    part, double, _ = await seen_of(Service(), limit=limit, clients={})
    assert isinstance(part, Unavailable)
    assert part.reason.code == "no-load-client"
    assert double.requests == []


async def test_a_limit_that_admits_the_load_needs_no_further_client() -> None:
    limit = RateLimit(2000, 60.0, ("/",))
    part, double, _ = await seen_of(Service(), limit=limit, clients={})
    assert loaded(part).api is not None
    assert {g.headers["authorization"] for g in double.requests if g.path != "/readyz"} == {
        "Bearer made-up"
    }


async def test_429_answers_are_named_and_not_charged() -> None:
    part, _, _ = await seen_of(Service(api=d.answer(429, {}, Retry_After="60")))
    seen = loaded(part)
    for check in ("load.availability", "load.latency"):
        result = p.judge(check, seen)
        assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "rate-limited")


async def test_hosts_that_are_not_authorised_are_not_loaded() -> None:
    config = d.config("http://192.0.2.1:9")
    ctx = replace(d.context(config), clients=CLIENTS)
    part = await LoadObserver().observe(ctx, SHORT)
    assert isinstance(part, Unavailable)
    assert part.reason.code == "core.not-authorised"
    assert ctx.sent.requests == ()


async def test_a_spent_budget_sends_nothing() -> None:
    async with d.target(Service()) as double:
        ctx = replace(d.context(d.config(double.url, slos=SLOS), budget=10), clients=CLIENTS)
        with pytest.raises(BudgetExhausted):
            await LoadObserver().observe(ctx, SHORT)
    assert double.requests == []


def test_the_plan_says_what_it_cannot_prove() -> None:
    scope = Scope(d.config("http://127.0.0.1:1"), d.Path())
    small, _, *_ = LoadObserver().plan(scope, SHORT)
    assert "TOO SMALL" in small.note
    assert "sse-first-event (10 of 93)" in small.note
    whole, _, probes, after = LoadObserver().plan(scope, Settings())
    assert "TOO SMALL" not in whole.note
    assert whole.requests == Settings().requests
    assert probes.samples == 473
    assert probes.requests >= 473
    assert after.requests > 0


def test_the_mix_keeps_its_shares() -> None:
    ask = ask_of(Scope(d.config("http://127.0.0.1:1"), d.Path()), Settings())
    assert isinstance(ask, Ask)
    pattern = ask.pattern()
    assert (sum(pattern), len(pattern)) == (1, 6)
