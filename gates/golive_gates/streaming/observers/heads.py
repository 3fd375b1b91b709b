"""Heads of the stream route's answers, to a plain client and to one that offers compression."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, Unavailable
from golive.probe.http import HttpProbe, capped_headers
from golive.probe.transport import raw_parts
from golive.probe.trouble import TROUBLE, Progress, classify, overdue
from golive.target_client import api_headers, json_lines, target_probe
from golive_gates.streaming.observers.asking import PATIENCE, Ask, Patience, asked, unique_of
from golive_gates.streaming.observers.wire import USUAL
from golive_gates.streaming.parts import FRONT, Head, Heads
from golive_gates.streaming.settings import Settings

NAME = "heads"
PLAIN = "identity"
COMPRESSING = "gzip, br, deflate, zstd"
MAX_BODY = 16 << 20

KEPT = frozenset(
    {
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "keep-alive",
        "server",
        "transfer-encoding",
        "vary",
        "x-accel-buffering",
    }
)
"""Headers that a stream's way depends on; others may hold what is none of a record's business."""


class HeadsObserver:
    """Two streams a route, each read to its end, and one request more on the same connection."""

    part = Heads
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Two streams a route and one readiness request."""
        del settings
        ask = asked(scope)
        if isinstance(ask, Unavailable):
            return ()
        seconds = 2 * min(ask.api.timeout, USUAL)
        streams = tuple(
            PlannedWork(
                NAME, self.lane, 2 + PATIENCE, seconds, f"POST {url}", "identity and compression", 2
            )
            for _, url in ask.routes
        )
        return (*streams, PlannedWork(NAME, self.lane, 1, 0.1, f"GET {ask.ready}", "", 1))

    async def observe(self, ctx: RunContext, settings: Settings) -> Heads | Unavailable:
        """Look at the heads; whatever went wrong is in them."""
        del settings
        ask = asked(ctx.scope)
        if isinstance(ask, Unavailable):
            return ask
        patience = Patience(ctx)
        found: dict[str, list[Head]] = {PLAIN: [], COMPRESSING: []}
        done = 0
        for offered, heads in found.items():
            for route, url in ask.routes:
                # A probe of its own, so that a connection that is used again is this one.
                async with target_probe(ctx) as probe:
                    head = await _head(ctx, probe, ask, (route, url), offered, patience)
                    if head.finished and route == FRONT and offered == PLAIN:
                        again = await probe.call("GET", ask.ready, headers=api_headers(ctx))
                        answered = again.status is not None
                        head = replace(head, reused=again.connection_reused if answered else None)
                heads.append(head)
                done += 1
                ctx.report(NAME, done, 2 * len(ask.routes), None)
        lines = [asdict(h) for heads in found.values() for h in heads]
        text = json_lines(lines, ctx.redact)
        ref = ctx.evidence.add("heads.jsonl", text, "application/jsonl")
        return Heads(tuple(found[PLAIN]), tuple(found[COMPRESSING]), ask.direct is not None, (ref,))


async def _head(
    ctx: RunContext,
    probe: HttpProbe,
    ask: Ask,
    way: tuple[str, str],
    offered: str,
    patience: Patience,
) -> Head:
    route, url = way
    short = "p" if offered == PLAIN else "c"
    body = ask.body(unique_of(ctx, f"h{short}{route[0]}"))
    headers = {**api_headers(ctx), "Accept": "text/event-stream", "Accept-Encoding": offered}
    while True:
        head, retry = await _once(probe, url, body, headers, ask.api.timeout)
        if head.status != 429 or not await patience.again(retry):
            return replace(head, route=route, offered=offered)


async def _once(
    probe: HttpProbe, url: str, body: object, headers: dict[str, str], timeout_s: float
) -> tuple[Head, str | None]:
    """One request read to its end, and its ``Retry-After``."""
    progress = Progress()
    head = Head("", "", None)
    retry: str | None = None
    scope = asyncio.timeout(timeout_s)
    try:
        request = probe.request("POST", url, json=body, headers=headers, progress=progress)
        await probe.spend(request)
        async with scope, probe.opened(request) as response:
            version = response.extensions.get("http_version", b"")
            kept = tuple(
                (name.lower(), value)
                for name, value in capped_headers(response)
                if name.lower() in KEPT
            )
            retry = response.headers.get("retry-after")
            head = Head(
                "",
                "",
                response.status_code,
                version.decode("ascii", "replace") if isinstance(version, bytes) else "",
                kept,
            )
            size = 0
            async for part in raw_parts(response):
                size += len(part)
                if size > MAX_BODY:
                    return replace(head, failure="too-large"), retry
            return replace(head, finished=True), retry
    except TROUBLE as error:
        late = scope.expired()
        failure = overdue(progress, timeout_s) if late else classify(error, progress)
        return replace(head, failure=failure.kind.value, detail=failure.detail), retry
