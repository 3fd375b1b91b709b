"""What the load may not be blamed for, and that the record lists what was sent and no more."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from golive.api import Scope, Status, Unavailable
from golive_gates.load.observers import load as module
from golive_gates.load.observers.load import LoadObserver
from golive_gates.load.parts import HEALTH
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p
from tests.gates.load.run import READY, SHORT, Service, loaded, seen_of
from tests.gates.slo import doubles as d

pytestmark = pytest.mark.anyio


class AfterLoad:
    """Ready beside the load, and no more for *seconds* once the engine has returned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.service, self.seconds, self.ended = Service(), seconds, 0.0
        real = module.run_load

        async def ending(*args: object, **more: object) -> object:
            result = await real(*args, **more)  # type: ignore[arg-type]
            self.ended = time.monotonic()
            return result

        monkeypatch.setattr(module, "run_load", ending)

    def __call__(self, got: d.Got) -> d.Answer:
        late = self.ended and time.monotonic() - self.ended < self.seconds
        return d.answer(503, {}) if got.path == "/readyz" and late else self.service(got)


async def test_what_fails_after_the_load_is_recovery_and_not_readiness(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The longest window there may be: probes at this rate would go on after a load as short.
    settings = replace(SHORT, readiness_window=1.2, abort_after=1000)
    part, _, _ = await seen_of(AfterLoad(monkeypatch, 2.0), settings)
    seen = loaded(part)
    assert seen.readiness[0].failures <= 1  # what was under way when the load ended
    assert seen.recovery is not None
    assert seen.recovery.seconds is not None
    assert seen.recovery.seconds > 1.0
    assert p.judge("load.readiness", seen, settings=settings).status is Status.PASS


async def test_a_probe_under_way_at_the_end_of_the_load_is_still_counted() -> None:
    part, _, _ = await seen_of(Service())
    series = loaded(part).readiness[0]
    assert series.cut_off == 0
    assert series.done == series.planned > 0


def test_readiness_is_not_probed_for_longer_than_the_load() -> None:
    with pytest.raises(ValueError, match="readiness_window"):
        Settings(duration=20.0, warmup=1.0, readiness_window=22.0)
    assert Settings(duration=20.0, warmup=1.0, readiness_window=21.0).requests


async def test_a_target_that_is_not_ready_before_is_not_loaded() -> None:
    part, double, ctx = await seen_of(Service(ready=d.answer(503, {})))
    assert isinstance(part, Unavailable)
    assert part.reason.code == "not-ready-before"
    assert part.reason.params["kind"] == "status-503"
    assert {g.path for g in double.requests} == {"/readyz"}
    assert {s.url.rpartition("/")[2] for s in ctx.sent.requests} == {"readyz"}
    assert ctx.budget.sent == len(double.requests)


async def test_one_bad_look_before_the_load_does_not_forbid_it() -> None:
    looks = iter([d.answer(503, {})])
    service = Service()

    def handler(got: d.Got) -> d.Answer:
        return next(looks, READY) if got.path == "/readyz" else service(got)

    part, _, _ = await seen_of(handler)
    assert loaded(part).api is not None


async def test_a_load_that_was_ended_lists_only_what_it_sent() -> None:
    settings = replace(SHORT, duration=20.0, readiness_window=20.0, recovery_within=1.0)
    healthy = Service()

    def handler(got: d.Got) -> d.Answer:
        return d.answer(503, {}) if got.path == "/readyz" and healthy.posts else healthy(got)

    part, double, ctx = await seen_of(handler, settings)
    assert loaded(part).stopped == HEALTH
    listed = {(s.method, s.url.rpartition("/")[2]): s.count for s in ctx.sent.requests}
    # One more may have been cut off before it reached the target.
    assert 0 <= listed["GET", "projects"] - double.count("GET", "/projects") <= 1
    assert 0 <= listed["POST", "generate"] - double.count("POST") <= 1
    assert sum(listed.values()) == ctx.budget.sent < 300


async def test_what_went_out_twice_is_listed_and_spent_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = module.run_load

    async def resending(*args: object, **more: object) -> object:
        result = await real(*args, **more)  # type: ignore[arg-type]
        again = [replace(r, retried=r.index < 4) for r in result.records]
        return replace(result, records=tuple(again))

    monkeypatch.setattr(module, "run_load", resending)
    part, double, ctx = await seen_of(Service())
    assert loaded(part).resent == 4
    assert sum(s.count for s in ctx.sent.requests) == len(double.requests) + 4
    assert ctx.budget.sent == len(double.requests) + 4


def test_what_may_go_out_twice_is_in_the_plan() -> None:
    scope = Scope(d.config("http://127.0.0.1:1"), d.Path())
    load, again, *_ = LoadObserver().plan(scope, Settings())
    assert (again.observer, again.requests) == ("load-resent", load.requests)
