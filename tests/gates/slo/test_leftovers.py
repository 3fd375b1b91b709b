"""What the project flows may leave on the target is told, however they end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from golive import isolation
from golive.api import BudgetExhausted, RunContext, Status
from golive_gates.slo import GATE
from golive_gates.slo.observers import leftovers
from golive_gates.slo.observers.project_flows import ProjectFlowsObserver
from golive_gates.slo.parts import ProjectFlows
from golive_gates.slo.settings import Settings
from tests.gates.slo import doubles as d
from tests.gates.slo import parts as p

pytestmark = pytest.mark.anyio

FAST = Settings(traffic_rate=400.0, request_timeout=0.3, flows=1)
SERVER_MADE = replace(d.PROJECT, body={"name": "n"})


class Api:
    """A project API; *replies* overrides what a method answers."""

    def __init__(self, **replies: d.Answer) -> None:
        self.replies = replies
        self.made: list[str] = []

    def __call__(self, got: d.Got) -> d.Answer:
        if got.method == "POST":
            self.made.append(str(got.json.get("projectId", "made-7")))
        if got.method in self.replies:
            return self.replies[got.method]
        if got.method == "POST":
            return d.answer(201, {**got.json, "projectId": self.made[-1]})
        if got.method == "DELETE":
            return d.answer(204)
        return d.answer(200, {"projectId": self.made[-1], "name": "n"})


def told(ctx: RunContext) -> list[dict[str, object]]:
    kept: dict[str, bytes] = ctx.evidence.kept  # type: ignore[attr-defined]
    return [json.loads(line) for line in kept.get("left-behind.jsonl", b"").splitlines()]


async def flows_of(
    api: Api, settings: Settings = FAST, **changes: object
) -> tuple[ProjectFlows, RunContext, d.TargetDouble]:
    async with d.target(api) as double:
        ctx = d.context(d.config(double.url, target_changes=changes))
        part = await ProjectFlowsObserver().observe(ctx, settings)
        planned = sum(w.requests for w in ProjectFlowsObserver().plan(ctx.scope, settings))
    assert isinstance(part, ProjectFlows)
    assert ctx.budget.sent <= planned
    assert part.left_behind == len(told(ctx))
    assert any(e.name == "left-behind.jsonl" for e in part.evidence) == bool(told(ctx))
    return part, ctx, double


async def cancelled_at(api: Callable[[d.Got], d.Answer], method: str) -> RunContext:
    """Cancel the observer twice once *method* has arrived: at its work, then at its clean-up."""
    reached, cleaning = asyncio.Event(), asyncio.Event()

    def handler(got: d.Got) -> d.Answer:
        if got.method == method:
            reached.set()
        if got.method == "DELETE":
            cleaning.set()
        return api(got)

    async with d.target(handler) as double:
        ctx = d.context(d.config(double.url))
        work = ProjectFlowsObserver().observe(ctx, replace(FAST, request_timeout=60.0))
        task = asyncio.create_task(work)
        await reached.wait()
        task.cancel()
        if method != "DELETE":
            await cleaning.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    return ctx


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "CLEANUP_SECONDS", 0.3)


def test_clean_up_ends_before_the_runner_gives_up() -> None:
    assert leftovers.CLEANUP_SECONDS <= 5.0 < isolation.GRACE


async def test_flows_that_work_leave_nothing_to_tell() -> None:
    gone = {"count": 0}

    def handler(got: d.Got) -> d.Answer:
        gone["count"] += got.method == "DELETE"
        if got.method == "GET" and gone["count"]:
            return d.answer(404, {})
        return api(got)

    api = Api()
    async with d.target(handler) as double:
        ctx = d.context(d.config(double.url))
        part = await ProjectFlowsObserver().observe(ctx, FAST)
    assert isinstance(part, ProjectFlows)
    assert (part.left_behind, told(ctx)) == (0, [])


async def test_a_deletion_that_fails_is_told_with_the_id() -> None:
    api = Api(DELETE=d.answer(500, {}))
    part, ctx, _ = await flows_of(api)
    (line,) = told(ctx)
    assert line["id"] == api.made[0]
    assert line["path"] == f"/projects/{api.made[0]}"
    assert "status-500" in str(line["may_remain"])
    assert part.left_behind == 1


async def test_an_interrupted_clean_up_is_told_though_the_part_is_lost(brief: None) -> None:
    api = Api(GET=d.hang, DELETE=d.hang)
    ctx = await cancelled_at(api, "GET")
    (line,) = told(ctx)
    assert line["id"] == api.made[0]


async def test_a_second_cancellation_does_not_stop_the_clean_up() -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(d.answer(204))
        await writer.drain()

    api = Api(GET=d.hang, DELETE=slow)
    ctx = await cancelled_at(api, "GET")
    assert told(ctx) == []


async def test_a_spent_budget_is_told() -> None:
    api = Api()
    async with d.target(api) as double:
        ctx = d.context(d.config(double.url), budget=2)
        with pytest.raises(BudgetExhausted):
            await ProjectFlowsObserver().observe(ctx, FAST)
    (line,) = told(ctx)
    assert line["id"] == api.made[0]
    assert "no request was left" in str(line["may_remain"])


async def test_nothing_sent_is_nothing_left() -> None:
    async with d.target(Api()) as double:
        ctx = d.context(d.config(double.url), budget=0)
        with pytest.raises(BudgetExhausted):
            await ProjectFlowsObserver().observe(ctx, FAST)
    assert told(ctx) == []
    ctx = d.context(d.config("http://127.0.0.1:1"))
    part = await ProjectFlowsObserver().observe(ctx, FAST)
    assert isinstance(part, ProjectFlows)
    assert (part.left_behind, told(ctx)) == (0, [])


@pytest.mark.parametrize(
    "reply",
    [d.hang, d.answer(500, {}), d.answer(201, {}), d.answer(204)],
    ids=["hanging", "500", "no id", "204"],
)
async def test_a_creation_whose_id_nobody_knows_may_remain(reply: d.Answer) -> None:
    part, ctx, double = await flows_of(Api(POST=reply), project_api=SERVER_MADE)
    (line,) = told(ctx)
    assert (line["id"], line["path"]) == (None, None)
    assert part.left_behind == 1
    assert double.count("DELETE") == 0


async def test_a_creation_that_was_refused_leaves_nothing() -> None:
    part, _, double = await flows_of(Api(POST=d.answer(422, {})), project_api=SERVER_MADE)
    assert part.left_behind == 0
    assert double.count("DELETE") == 0


async def test_not_found_after_a_creation_without_an_answer_is_no_proof() -> None:
    api = Api(POST=d.hang, DELETE=d.answer(404, {}))
    _, ctx, double = await flows_of(api)
    assert double.count("DELETE") == 1
    (line,) = told(ctx)
    assert line["id"] == api.made[0]
    assert "not there yet" in str(line["may_remain"])


async def test_not_found_after_a_failed_creation_is_proof() -> None:
    part, _, double = await flows_of(Api(POST=d.answer(500, {}), DELETE=d.answer(404, {})))
    assert double.count("DELETE") == 1
    assert part.left_behind == 0


async def test_an_object_that_survives_its_deletion_is_told() -> None:
    api = Api()
    part, ctx, _ = await flows_of(api)
    failed = part.flows[0].failed
    assert failed is not None
    assert failed.name == "read-deleted"
    (line,) = told(ctx)
    assert line["id"] == api.made[0]


async def test_a_fixed_id_without_an_answer_is_told_and_not_deleted() -> None:
    fixed = replace(d.PROJECT, body={"projectId": "precious", "name": "n"})
    _, ctx, double = await flows_of(Api(POST=d.hang), project_api=fixed)
    assert [line["id"] for line in told(ctx)] == ["precious"]
    assert double.count("DELETE") == 0


async def test_objects_that_are_kept_on_purpose_are_listed_and_not_charged() -> None:
    api = Api()
    kept = replace(d.PROJECT, delete=False)
    async with d.target(api) as double:
        ctx = d.context(d.config(double.url, target_changes={"project_api": kept}))
        part = await ProjectFlowsObserver().observe(ctx, FAST)
    assert isinstance(part, ProjectFlows)
    assert [line["id"] for line in told(ctx)] == api.made
    assert part.left_behind == 0
    check = next(c for c in GATE.checks if c.spec.id == "slo.project-api")
    result = check.evaluate(p.observed(p.Definitions(p.SLOS, (p.REF,)), part), FAST)
    assert (result.status, result.reason.code) == (Status.PASS, "works-without-delete")
