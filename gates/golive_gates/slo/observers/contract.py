"""The target's OpenAPI documents, and the configured requests held against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, ServiceEndpoint, Unavailable
from golive.pacing import join
from golive.placeholders import filled
from golive.probe.exchange import Exchange
from golive.probe.http import HttpProbe
from golive.target_client import api_headers, json_lines, line_of, target_probe
from golive_gates.slo.comparing import compare_apart
from golive_gates.slo.drift import Unusable
from golive_gates.slo.parts import Contract, Operation
from golive_gates.slo.settings import Settings

NAME = "contract"
HOPS = 3
MAX_DETAIL = 160


@dataclass(frozen=True, slots=True)
class Wanted:
    """One configured request."""

    service: ServiceEndpoint
    method: str
    path: str
    body: Mapping[str, object]


class ContractObserver:
    """Fetches each document once; runs before the requests that it is about."""

    part = Contract
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """One document a service, redirects included."""
        urls = {_document(w.service): None for w in _wanted(scope) if w.service.openapi}
        return tuple(
            PlannedWork(NAME, self.lane, 1 + HOPS, settings.request_timeout / 10, f"GET {url}")
            for url in urls
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Contract | Unavailable:
        """Every configured request with its drift, or why it could not be compared."""
        fetched: dict[str, Exchange] = {}
        operations = []
        async with target_probe(ctx) as probe:
            for wanted in _wanted(ctx.scope):
                operations.append(await _operation(ctx, probe, wanted, fetched, settings))
                ctx.report(NAME, len(operations), len(operations))
        lines = [line_of(e) for e in fetched.values()]
        refs = [ctx.evidence.add("contract.jsonl", json_lines(lines), "application/jsonl")]
        for number, exchange in enumerate(fetched.values(), 1):
            if exchange.ok:
                name = f"openapi-{number}.json"
                refs.append(ctx.evidence.add(name, exchange.body, "application/json"))
        return Contract(tuple(operations), tuple(refs))


def _wanted(scope: Scope) -> Iterator[Wanted]:
    target = scope.config.target
    if target is None:
        return
    for api in (target.project_api, target.generate_api):
        if api is not None:
            yield Wanted(target.service(api.service), "POST", api.path, api.body)


def _document(service: ServiceEndpoint) -> str:
    place = service.openapi or ""
    return place if place.startswith(("http://", "https://")) else join(service.url, place)


async def _operation(
    ctx: RunContext,
    probe: HttpProbe,
    wanted: Wanted,
    fetched: dict[str, Exchange],
    settings: Settings,
) -> Operation:
    service, method, path = wanted.service, wanted.method, wanted.path
    if not service.openapi:
        return Operation(service.name, method, path, problem="no-openapi")
    url = _document(service)
    if url not in fetched:
        # Credentials stay with the service they are for.
        own = url.startswith(service.url.rstrip("/") + "/")
        fetched[url] = await probe.call(
            "GET",
            url,
            headers=api_headers(ctx) if own else None,
            timeout=settings.request_timeout,
            follow=HOPS,
        )
    exchange = fetched[url]
    problem, detail = _problem(exchange)
    if problem:
        return Operation(service.name, method, path, url, problem, detail)
    body = filled(wanted.body, f"golive-{ctx.run_id}"[:40])
    try:
        exchange.json()
        drifts = await compare_apart(exchange.body, method, path, body)
    except Unusable as why:
        return Operation(service.name, method, path, url, "document-unusable", str(why))
    except ValueError as why:
        detail = str(why)[:MAX_DETAIL]
        return Operation(service.name, method, path, url, "document-not-json", detail)
    return Operation(service.name, method, path, url, drifts=drifts)


def _problem(exchange: Exchange) -> tuple[str, str]:
    """Why the answer is no document, or two empty strings."""
    if exchange.failure is not None:
        code = "document-too-large" if exchange.truncated else "document-unreachable"
        return code, exchange.failure.detail[:MAX_DETAIL]
    if not exchange.ok:
        code = "document-missing" if exchange.status in (404, 410) else "document-status"
        return code, str(exchange.status)
    kind = (exchange.header("content-type") or "").partition(";")[0].strip().lower()
    if kind == "text/html" or exchange.body[:200].lstrip().startswith(b"<"):
        return "document-html", kind or "-"
    return "", ""
