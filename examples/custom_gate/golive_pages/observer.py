"""The only I/O of the gate: one bounded GET of the status page."""

from __future__ import annotations

import asyncio

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive_pages.part import StatusPage
from golive_pages.settings import Settings

NAME = "status-page"
MAX_BYTES = 64 * 1024
"""A status page that needs more to name its service is not read further."""


class StatusPageObserver:
    """Fetches the page once, without following redirects."""

    part = StatusPage
    lane = Lane.QUIET
    # The page has a host of its own, so it can be looked at while the target is down.
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """One request, or none without an address."""
        del scope
        if not settings.url:
            return ()
        return (PlannedWork(NAME, self.lane, 1, 1.0, f"GET {settings.url}"),)

    async def observe(self, ctx: RunContext, settings: Settings) -> StatusPage | Unavailable:
        """The page. What the page does wrong is part of the observation."""
        if not settings.url:
            return Unavailable(Reason("no-url"))
        ctx.budget.spend()
        page = await _fetch(ctx, settings)
        ctx.report(NAME, 1, 1)
        return page


async def _fetch(ctx: RunContext, settings: Settings) -> StatusPage:
    # Local, because listing gates and printing help must not load an HTTP client.
    import httpx

    service = ctx.config.service.name
    # Not compressed, so that the cap on bytes is a cap on memory too.
    headers = [*ctx.headers, ("Accept-Encoding", "identity")]
    body = bytearray()
    try:
        async with (
            asyncio.timeout(settings.timeout),
            # trust_env=False: no proxy and no .netrc of whoever runs this.
            httpx.AsyncClient(trust_env=False, headers=headers) as client,
            client.stream("GET", settings.url) as answer,
        ):
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > MAX_BYTES:
                    break
    except TimeoutError:
        detail = f"no whole answer within {settings.timeout:g} s"
        return StatusPage(settings.url, service, None, detail)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        detail = ctx.redact(f"{type(error).__name__}: {error}")
        return StatusPage(settings.url, service, None, detail)
    kept = bytes(body[:MAX_BYTES])
    ref = ctx.evidence.add("status-page.html", kept, answer.headers.get("content-type", ""))
    return StatusPage(
        url=settings.url,
        service=service,
        status=answer.status_code,
        text=ctx.redact(kept.decode("utf-8", "replace")),
        cut=len(body) > MAX_BYTES,
        cache_control=answer.headers.get("cache-control", ""),
        evidence=(ref,),
    )
