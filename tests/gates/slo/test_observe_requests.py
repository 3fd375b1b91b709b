"""Contract, project flows, readiness and traffic against a target double."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from golive.api import (
    BudgetExhausted,
    Comparator,
    Objective,
    Observation,
    Observer,
    Scope,
    Status,
    Unavailable,
)
from golive.codec import decode, encode
from golive.config.model import RateLimit
from golive_gates.slo import GATE
from golive_gates.slo.observers.contract import ContractObserver
from golive_gates.slo.observers.definitions import DefinitionsObserver
from golive_gates.slo.observers.project_flows import ProjectFlowsObserver
from golive_gates.slo.observers.readiness import ReadinessObserver
from golive_gates.slo.observers.traffic import TrafficObserver
from golive_gates.slo.parts import Contract, Operation, ProjectFlows, Readiness, Traffic
from golive_gates.slo.settings import Settings
from tests.gates.slo import doubles as d
from tests.gates.slo import parts as p

pytestmark = pytest.mark.anyio
FAST = Settings(
    readiness_rate=400.0, readiness_timeout=0.5, traffic_rate=400.0, request_timeout=1.0
)
LOOSE = (
    replace(p.READINESS, objective=Objective(Comparator.GE, 0.9)),
    replace(p.ERROR_RATE, objective=Objective(Comparator.LT, 0.1)),
    p.AVAILABILITY,
    p.FIRST_EVENT,
)
SCHEMA = {
    "openapi": "3.1.0",
    "paths": {
        path: {"post": {"requestBody": {"content": {"application/json": {
            "schema": {"$ref": f"#/components/schemas/{name}"}}}}}}
        for path, name in (("/projects", "Project"), ("/generate", "Generate"))
    },
    "components": {"schemas": {
        "Project": {"type": "object", "required": ["projectId", "name"],
                    "properties": {"projectId": {"type": "string"}, "name": {"type": "string"}}},
        "Generate": {"type": "object", "required": ["projectId", "description"],
                     "additionalProperties": False,
                     "properties": {"projectId": {"type": "string"},
                                    "description": {"type": "string"}}},
    }},
}  # fmt: skip


class Store:
    """A project API that works, with one thing to break."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.objects: dict[str, dict[str, object]] = {}
        self.limited_once = False

    def __call__(self, got: d.Got) -> d.Answer:
        if self.broken == "401":
            return d.answer(401, {})
        if self.broken == "429" and not self.limited_once:
            self.limited_once = True
            return d.answer(429, {}, Retry_After="0")
        if got.path == "/projects" and got.method == "POST":
            if self.broken == "create":
                return d.answer(500, {"detail": "boom"})
            body = got.json
            self.objects[str(body["projectId"])] = body
            return d.hang if self.broken == "hang" else d.answer(201, body)
        if got.path == "/projects":
            return d.answer(200, [])
        key = got.path.rpartition("/")[2]
        if got.method == "DELETE":
            if self.broken == "delete":
                return d.answer(500, {})
            if self.broken != "keeps":
                self.objects.pop(key, None)
            return d.answer(204)
        if key not in self.objects:
            return d.answer(404, {})
        changed = {"name": "other"} if self.broken == "values" else {}
        return d.answer(200, self.objects[key] | changed)


async def observe(observer: Observer[Settings, object], ctx: object, settings: Settings) -> object:
    """Observe, and hold the plan and the codec to their word."""
    context = ctx
    assert isinstance(context, type(d.context(d.config("http://127.0.0.1:1"))))
    before = context.budget.sent
    part = await observer.observe(context, settings)
    planned = sum(w.requests for w in observer.plan(context.scope, settings))
    assert context.budget.sent - before <= planned
    if not isinstance(part, Unavailable):
        kind: type[object] = type(part)
        assert decode(kind, encode(part)) == part
    return part


def status(check_id: str, *parts: object) -> tuple[Status, str]:
    check = next(c for c in GATE.checks if c.spec.id == check_id)
    result = check.evaluate(p.observed(p.Definitions(LOOSE, (p.REF,)), *parts), FAST)
    return result.status, result.reason.code


async def test_definitions_are_those_of_the_configuration() -> None:
    ctx = d.context(d.config("http://127.0.0.1:1"))
    part = await observe(DefinitionsObserver(), ctx, Settings())
    assert isinstance(part, p.Definitions)
    assert part.slos == p.SLOS
    assert ctx.budget.sent == 0


# --- contract ---------------------------------------------------------------------------------


async def contract_of(handler: d.Handler, **changes: object) -> Contract:
    async with d.target(handler) as double:
        settled = d.config(double.url, target_changes=changes)
        part = await observe(ContractObserver(), d.context(settled), FAST)
    assert isinstance(part, Contract)
    return part


async def test_a_fitting_contract() -> None:
    part = await contract_of(lambda _: d.answer(200, SCHEMA))
    assert status("slo.contract", part) == (Status.PASS, "fits")


async def test_a_renamed_field_is_named_with_its_near_miss() -> None:
    body = {"projectId": "{unique}", "prompt": "d"}
    part = await contract_of(
        lambda _: d.answer(200, SCHEMA), generate_api=replace(d.GENERATE, body=body)
    )
    drifts = {(x.kind, x.field, x.suggestion) for o in part.operations for x in o.drifts}
    assert drifts == {
        ("missing-field", "description", "prompt"),
        ("unknown-field", "prompt", "description"),
    }
    assert part.breaks("POST", "/generate")
    assert not part.breaks("POST", "/projects")
    assert status("slo.contract", part) == (Status.FAIL, "drift")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (d.answer(404, {}), "document-missing"),
        (d.answer(503, {}), "document-status"),
        (d.answer(200, b"<!doctype html><h1>hi</h1>", "text/html"), "document-html"),
        (d.answer(200, b"  <html>", "application/json"), "document-html"),
        (d.answer(200, b"{not json", "application/json"), "document-not-json"),
        (d.answer(200, b"[" * 50_000, "application/json"), "document-not-json"),
        (d.answer(200, [1, 2]), "document-unusable"),
        (d.answer(200, {"swagger": "2.0", "paths": {}}), "document-unusable"),
        (d.answer(302, {}, Location="/openapi.json"), "document-unreachable"),
        (d.hang, "document-unreachable"),
    ],
)
async def test_a_document_that_cannot_be_read_is_no_pass(reply: d.Answer, code: str) -> None:
    part = await contract_of(lambda _: reply)
    assert status("slo.contract", part) == (Status.INCONCLUSIVE, code)


# --- project flows ----------------------------------------------------------------------------


async def flows_of(store: Store, settings: Settings = FAST) -> tuple[ProjectFlows, d.TargetDouble]:
    async with d.target(store) as double:
        part = await observe(ProjectFlowsObserver(), d.context(d.config(double.url)), settings)
    assert isinstance(part, ProjectFlows)
    return part, double


async def test_whole_flows_leave_nothing_behind() -> None:
    store = Store()
    part, double = await flows_of(store)
    assert status("slo.project-api", part) == (Status.PASS, "works")
    assert double.count("POST") == 3
    assert store.objects == {}
    sent = double.requests[0]
    assert sent.headers["authorization"] == "Bearer made-up"
    assert sent.headers["user-agent"].startswith("golive/")
    assert len({str(g.json["projectId"]) for g in double.requests if g.method == "POST"}) == 3


@pytest.mark.parametrize(
    ("broken", "expected", "step"),
    [
        ("create", (Status.FAIL, "failed"), "create"),
        ("values", (Status.FAIL, "failed"), "read"),
        ("delete", (Status.FAIL, "failed"), "delete"),
        ("keeps", (Status.FAIL, "failed"), "read-deleted"),
        ("401", (Status.INCONCLUSIVE, "unauthorised"), "create"),
    ],
)
async def test_a_broken_step_is_named(broken: str, expected: tuple[Status, str], step: str) -> None:
    part, _ = await flows_of(Store(broken))
    assert status("slo.project-api", part) == expected
    failed = part.flows[0].failed
    assert failed is not None
    assert failed.name == step


async def test_objects_of_failed_flows_are_removed() -> None:
    store = Store("values")
    await flows_of(store)
    assert store.objects == {}


async def test_an_object_whose_creation_timed_out_is_removed() -> None:
    store = Store("hang")
    await flows_of(store, replace(FAST, flows=1, request_timeout=0.2))
    assert store.objects == {}


async def test_objects_are_removed_when_the_run_is_cancelled() -> None:
    reading = asyncio.Event()
    store = Store()

    def handler(got: d.Got) -> d.Answer:
        if got.method == "GET":
            reading.set()
            return d.hang
        return store(got)

    async with d.target(handler) as double:
        ctx = d.context(d.config(double.url))
        task = asyncio.create_task(ProjectFlowsObserver().observe(ctx, Settings()))
        await reading.wait()
        assert len(store.objects) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert store.objects == {}


async def test_a_fixed_id_is_deleted_only_if_this_flow_created_it() -> None:
    def handler(got: d.Got) -> d.Answer:
        return d.answer(409 if got.method == "POST" else 204, {})

    api = replace(d.PROJECT, body={"projectId": "precious", "name": "n"})
    async with d.target(handler) as double:
        settled = d.config(double.url, target_changes={"project_api": api})
        await ProjectFlowsObserver().observe(d.context(settled), FAST)
    assert double.count("DELETE") == 0


async def test_a_429_is_waited_out_and_not_charged() -> None:
    part, _ = await flows_of(Store("429"))
    assert part.limited == 1
    assert status("slo.project-api", part) == (Status.PASS, "works")


async def test_flows_stop_at_the_deadline() -> None:
    async with d.target(lambda got: d.hang if got.method == "POST" else d.answer(204)) as double:
        ctx = d.context(d.config(double.url), seconds=2.2)
        part = await ProjectFlowsObserver().observe(ctx, Settings())
    assert isinstance(part, ProjectFlows)
    assert part.stopped == "deadline"
    assert status("slo.project-api", part)[0] is Status.INCONCLUSIVE


async def test_a_body_that_the_document_refuses_is_not_sent() -> None:
    drifted = Operation("api", "POST", "/projects", drifts=(p.contract_drift(),))
    seen = Observation({"Contract": Contract((drifted,))})
    ctx = d.context(d.config("http://127.0.0.1:1"), observed=seen)
    part = await ProjectFlowsObserver().observe(ctx, FAST)
    assert isinstance(part, Unavailable)
    assert part.blocked_by == "slo.contract"
    assert ctx.budget.sent == 0


# --- readiness --------------------------------------------------------------------------------


async def readiness_of(handler: d.Handler, settings: Settings = FAST) -> Readiness:
    async with d.target(handler) as double:
        ctx = d.context(d.config(double.url, slos=LOOSE))
        part = await observe(ReadinessObserver(), ctx, settings)
    assert isinstance(part, Readiness)
    # How busy this machine is while testing is not what these tests are about.
    return replace(part, lag=p.Lag())


async def test_ready() -> None:
    part = await readiness_of(lambda _: d.answer(200, {}))
    assert status("slo.readiness", part) == (Status.PASS, "proven")
    assert part.series[0].failures == 0


@pytest.mark.parametrize(
    ("reply", "expected", "kind"),
    [
        (d.answer(503, {}), (Status.FAIL, "refuted"), "status-503"),
        (d.answer(302, {}, Location="/readyz"), (Status.FAIL, "refuted"), "status-302"),
        (d.hang, (Status.FAIL, "refuted"), "total-timeout"),
        (d.answer(429, {}), (Status.INCONCLUSIVE, "rate-limited"), ""),
    ],
)
async def test_not_ready(reply: d.Answer, expected: tuple[Status, str], kind: str) -> None:
    part = await readiness_of(lambda _: reply, replace(FAST, readiness_timeout=0.2))
    assert status("slo.readiness", part) == expected
    assert [k.kind for k in part.series[0].kinds] == ([kind] if kind else [])
    assert part.series[0].done < part.series[0].planned


async def test_a_slow_loris_is_not_ready() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)

    part = await readiness_of(lambda _: drip, replace(FAST, readiness_timeout=0.2))
    assert status("slo.readiness", part) == (Status.FAIL, "refuted")


async def test_a_target_that_is_down_is_no_evidence() -> None:
    async with d.target(lambda _: d.answer()) as double:
        gone = double.url
    ctx = d.context(d.config(gone, slos=LOOSE))
    part = await observe(ReadinessObserver(), ctx, FAST)
    assert isinstance(part, Readiness)
    assert status("slo.readiness", part) == (Status.INCONCLUSIVE, "unreachable")
    assert part.series[0].kinds[0].kind == "refused"


async def test_readiness_stops_at_the_deadline_undecided() -> None:
    async with d.target(lambda _: d.answer(200, {})) as double:
        ctx = d.context(d.config(double.url, slos=LOOSE), seconds=2.3)
        part = await ReadinessObserver().observe(ctx, replace(FAST, readiness_rate=20.0))
    assert isinstance(part, Readiness)
    assert part.series[0].stopped == "deadline"
    assert status("slo.readiness", replace(part, lag=p.Lag()))[0] is Status.INCONCLUSIVE


async def test_a_spent_budget_reaches_the_runner_as_itself() -> None:
    async with d.target(lambda _: d.answer(200, {})) as double:
        ctx = d.context(d.config(double.url, slos=LOOSE), budget=5)
        with pytest.raises(BudgetExhausted):
            await ReadinessObserver().observe(ctx, FAST)
    assert len(double.requests) <= 5


def test_the_plan_stays_below_the_declared_rate_limit() -> None:
    limit = RateLimit(200, 60.0, ("/projects", "/generate"))
    settled = d.config("http://127.0.0.1:1", target_changes={"rate_limit": limit})
    for observer in GATE.observers:
        for work in observer.plan(Scope(settled, d.Path()), Settings()):
            limited = any(path in work.endpoint for path in limit.paths)
            if limited and work.samples and work.samples > 50:
                assert work.samples / work.seconds <= 0.9 * 200 / 60 + 1e-9


# --- traffic ----------------------------------------------------------------------------------


async def traffic_of(handler: d.Handler, *parts: object) -> Traffic:
    async with d.target(handler) as double:
        ctx = d.context(d.config(double.url, slos=LOOSE), observed=p.observed(*parts))
        part = await observe(TrafficObserver(), ctx, FAST)
    assert isinstance(part, Traffic)
    return part


async def test_traffic_fills_up_the_plan() -> None:
    part = await traffic_of(lambda _: d.answer(200, []), p.flows(), p.streams(count=20))
    assert part.done + 12 + 20 == part.planned
    assert part.requests == ("GET /projects",)
    assert status("slo.error-rate", part, p.flows(), p.streams(count=20))[0] is Status.PASS


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (d.answer(500, {}), (Status.FAIL, "refuted")),
        (d.answer(404, {}), (Status.INCONCLUSIVE, "client-errors")),
        (d.answer(429, {}, Retry_After="60"), (Status.INCONCLUSIVE, "rate-limited")),
        (d.hang, (Status.INCONCLUSIVE, "unreachable")),
    ],
)
async def test_traffic_that_fails(reply: d.Answer, expected: tuple[Status, str]) -> None:
    part = await traffic_of(lambda _: reply)
    assert status("slo.error-rate", part) == expected
    assert part.done < part.planned


async def test_traffic_goes_on_in_spite_of_failures_elsewhere() -> None:
    broken = p.flows(*(p.flow(create=500, failure="status-500") for _ in range(3)))
    part = await traffic_of(lambda _: d.answer(200, []), broken)
    assert part.done + 3 == part.planned
    assert status("slo.error-rate", part, broken)[0] in (Status.PASS, Status.INCONCLUSIVE)
