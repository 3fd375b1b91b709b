"""Whole flows through the project API, cleaned up whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from golive.api import (
    Lane,
    Need,
    PlannedWork,
    ProjectApi,
    Reason,
    RunContext,
    Scope,
    Unavailable,
)
from golive.pacing import allowed_rate, join
from golive.placeholders import filled
from golive.probe.exchange import Exchange, FailureKind, clean
from golive.probe.http import HttpProbe
from golive.target_client import (
    LONGEST_WAIT,
    api_headers,
    json_lines,
    kind_of,
    line_of,
    retry_after,
    target_probe,
    time_left,
)
from golive_gates.slo.observers.leftovers import GONE, Leftovers, Remnant
from golive_gates.slo.parts import DEADLINE, Contract, Flow, FlowStep, ProjectFlows
from golive_gates.slo.settings import Settings

NAME = "project-api"
STEPS = 4
REPEATS = 1
"""Times that a step is sent again after 429."""
EXCERPT = 120
CREATED = frozenset({200, 201, 202})
_K = FailureKind
NEVER_SENT = frozenset({_K.DNS, _K.REFUSED, _K.CONNECT_TIMEOUT, _K.TLS, _K.LOCAL})
"""Failures before the request could leave."""


class ProjectFlowsObserver:
    """Create, read back, delete, read again; one flow after the other."""

    part = ProjectFlows
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Every step once, again after a 429, and a clean-up of each object."""
        target = scope.config.target
        api = target.project_api if target else None
        if target is None or api is None:
            return ()
        steps = STEPS if api.delete else 2
        requests = settings.flows * (steps * (1 + REPEATS) + int(api.delete))
        rate = _rate(scope, api, settings)
        return (
            PlannedWork(
                NAME,
                self.lane,
                requests,
                settings.flows * steps / rate,
                f"POST {join(target.service(api.service).url, api.path)}",
                f"{settings.flows} x {steps}",
                settings.flows,
                0,
                1,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> ProjectFlows | Unavailable:
        """The flows; a body that the target's document refuses is not sent."""
        target = ctx.config.target
        api = target.project_api if target else None
        if target is None or api is None:
            return Unavailable(Reason("no-project-api"))
        contract = ctx.observed.find(Contract)
        if isinstance(contract, Contract) and contract.breaks("POST", api.path):
            reason = Reason("blocked-contract", {"operation": f"POST {api.path}"})
            return Unavailable(reason, blocked_by="slo.contract")
        async with target_probe(ctx) as probe:
            base = target.service(api.service).url
            left = Leftovers(ctx, probe, base)
            walk = _Walk(ctx, probe, api, base, settings, _rate(ctx.scope, api, settings), left)
            try:
                await walk.all_flows()
            finally:
                await left.clean_up()
        text = json_lines([*walk.lines, *left.lines])
        ref = ctx.evidence.add("project-api.jsonl", text, "application/jsonl")
        return ProjectFlows(
            settings.flows,
            tuple(walk.flows),
            api.delete,
            walk.limited,
            len(left.remnants) if api.delete else 0,
            walk.stopped,
            (ref, *left.evidence),
        )


def _rate(scope: Scope, api: ProjectApi, settings: Settings) -> float:
    limit = scope.config.target.rate_limit if scope.config.target else None
    return allowed_rate(settings.traffic_rate, limit, api.path, settings.rate_limit_share)


@dataclass(slots=True)
class _Walk:
    """The flows while they are walked."""

    ctx: RunContext
    probe: HttpProbe
    api: ProjectApi
    base: str
    settings: Settings
    rate: float
    left: Leftovers
    flows: list[Flow] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)
    limited: int = 0
    stopped: str = ""

    async def all_flows(self) -> None:
        steps: list[FlowStep] = []
        try:
            async with asyncio.timeout(time_left(self.ctx)):
                for number in range(self.settings.flows):
                    steps = []
                    await self._flow(number, steps)
                    if self.stopped:
                        break
                    self.flows.append(Flow(tuple(steps)))
                    self.ctx.report(NAME, number + 1, self.settings.flows)
                    steps = []
        except TimeoutError:
            self.stopped = DEADLINE
        # A flow that was cut short counts only if it had already failed.
        if self.stopped and any(not s.ok for s in steps):
            self.flows.append(Flow(tuple(steps)))

    async def _flow(self, number: int, steps: list[FlowStep]) -> None:
        body = filled(self.api.body, f"golive-{self.ctx.run_id[-20:]}-{number}")
        assert isinstance(body, dict)  # noqa: S101 - a mapping stays one
        remnant = self._expect(body)
        created = await self._create(steps, body, remnant)
        if created is None:
            return
        identity = _identity(created, body, self.api.id_field)
        if identity is None:
            steps[-1] = _wrong(steps[-1], "no-id", self.api.id_field)
            remnant.why = "created, but its id was not told"
            return
        item = self._item(identity)
        remnant.identity, remnant.path, remnant.removable = identity, item, self.api.delete
        remnant.why = "created" if self.api.delete else "created; deletion is switched off"
        read = await self._step(steps, "read", "GET", item, None, frozenset({200}))
        if read is not None:
            different = _difference(read, body)
            if different:
                steps[-1] = _wrong(steps[-1], "wrong-values", different)
        if not self.api.delete or not steps[-1].ok:
            return
        deleted = await self._step(
            steps, "delete", "DELETE", item, None, frozenset({200, 202, 204})
        )
        if deleted is not None:
            self.left.forget(remnant)
            await self._step(steps, "read-deleted", "GET", item, None, GONE)
            if steps[-1].name == "read-deleted" and steps[-1].status == 200:
                kept = self.left.expect(identity, item, removable=False)
                kept.why = "still there after its deletion"

    def _expect(self, body: Mapping[str, object]) -> Remnant:
        """Note an object before it is made: it may survive a time-out.

        An id that is fixed in the configuration could be somebody's; that is deleted only
        after the target said that this flow created it.
        """
        configured, value = self.api.body.get(self.api.id_field), body.get(self.api.id_field)
        if not isinstance(value, str):
            return self.left.expect("", "", removable=False)
        ours = self.api.delete and value != configured
        return self.left.expect(value, self._item(value), removable=ours)

    async def _create(
        self, steps: list[FlowStep], body: Mapping[str, object], remnant: Remnant
    ) -> Exchange | None:
        before = self.ctx.budget.sent
        try:
            exchange = await self._send("POST", self.api.path, body)
        except BaseException:
            if self.ctx.budget.sent == before:
                self.left.forget(remnant)
            raise
        if exchange is None:  # 429 to the end
            self.left.forget(remnant)
            return None
        status, failure = exchange.status, exchange.failure
        remnant.answered = status is not None
        unsent = failure is not None and failure.kind in NEVER_SENT
        if unsent or (status is not None and 300 <= status < 500):
            self.left.forget(remnant)
        elif status is not None:
            remnant.why = f"its creation ended with {status}"
        return _noted(steps, "create", exchange, self.api.path, CREATED)

    async def _step(
        self,
        steps: list[FlowStep],
        name: str,
        method: str,
        path: str,
        body: object,
        wanted: frozenset[int],
    ) -> Exchange | None:
        """Send one step; the exchange if it did what it should, else ``None``."""
        exchange = await self._send(method, path, body)
        if exchange is None:
            return None
        return _noted(steps, name, exchange, path, wanted)

    async def _send(self, method: str, path: str, body: object) -> Exchange | None:
        for attempt in range(1 + REPEATS):
            await asyncio.sleep(1 / self.rate)
            exchange = await self.probe.call(
                method,
                join(self.base, path),
                json=body,
                headers=api_headers(self.ctx),
                timeout=self.settings.request_timeout,
            )
            self.lines.append(line_of(exchange))
            if exchange.status != 429:
                return exchange
            self.limited += 1
            wait = retry_after(exchange.header("retry-after"))
            if attempt == REPEATS or wait > LONGEST_WAIT:
                break
            await asyncio.sleep(wait)
        self.stopped = "limited"
        return None

    def _item(self, identity: str) -> str:
        template = self.api.item_path or f"{self.api.path.rstrip('/')}/{{id}}"
        quoted = quote(identity, safe="")
        return template.replace("{id}", quoted).replace(f"{{{self.api.id_field}}}", quoted)


def _noted(
    steps: list[FlowStep], name: str, exchange: Exchange, path: str, wanted: frozenset[int]
) -> Exchange | None:
    """Append the step; *exchange* if it did what it should, else ``None``."""
    good = exchange.failure is None and exchange.status in wanted
    failure = "" if good else kind_of(exchange) or f"status-{exchange.status}"
    said = exchange.failure.detail if exchange.failure else exchange.text()[:EXCERPT]
    detail = "" if good else clean(said, EXCERPT)
    steps.append(
        FlowStep(name, exchange.method, path, exchange.status, exchange.elapsed, failure, detail)
    )
    return exchange if good else None


def _object(exchange: Exchange) -> Mapping[str, object]:
    try:
        value = exchange.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _identity(created: Exchange, body: Mapping[str, object], id_field: str) -> str | None:
    for source in (_object(created), body):
        value = source.get(id_field)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            return str(value)
    return None


def _difference(read: Exchange, body: Mapping[str, object]) -> str:
    """Names of the fields that did not come back as they were sent."""
    found = _object(read)
    return ", ".join(str(k) for k, v in body.items() if found.get(k) != v)


def _wrong(step: FlowStep, failure: str, detail: str) -> FlowStep:
    return FlowStep(step.name, step.method, step.path, step.status, step.elapsed, failure, detail)
