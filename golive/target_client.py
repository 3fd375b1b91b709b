"""The way to the target: one probe with golive's identity, its TLS rules and its budget."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from golive import __version__
from golive.authorisation import Grant
from golive.context import RunContext
from golive.probe.exchange import Exchange, FailureKind
from golive.probe.http import HttpProbe, public_url

MAX_BODY = 8 << 20
MAX_LINES = 5_000
EXCERPT = 300
MARGIN = 2.0
"""Seconds before the gate's deadline at which sampling ends, to leave time for the record."""
LONGEST_WAIT = 120.0
"""A Retry-After beyond this is not waited for."""


@asynccontextmanager
async def target_probe(ctx: RunContext, *grants: Grant) -> AsyncIterator[HttpProbe]:
    """A probe for the configured target; every request spends the run's budget.

    For the hosts of *grants* it connects to the addresses that were checked.
    """
    target = ctx.config.target
    tls = target.tls if target else None
    probe = HttpProbe(
        version=__version__,
        run_id=ctx.run_id,
        headers=dict(ctx.headers),
        verify=tls.verify if tls else True,
        ca_file=ctx.scope.base / tls.ca if tls and tls.ca else None,
        budget=ctx.budget.spend,
        on_send=ctx.note_sent,
        addresses={grant.host.lower(): grant.address for grant in grants},
        max_body=MAX_BODY,
    )
    async with probe:
        yield probe


def api_headers(ctx: RunContext) -> Mapping[str, str]:
    """Credentials of API requests."""
    return dict(ctx.auth_headers)


def kind_of(exchange: Exchange) -> str:
    """What went wrong, in a word: a failure kind or ``status-503``; "" for 2xx."""
    if exchange.failure is not None:
        return exchange.failure.kind.value
    return "" if exchange.ok else f"status-{exchange.status}"


def is_local(exchange: Exchange) -> bool:
    """Whether the trouble is golive's own."""
    return exchange.failure is not None and exchange.failure.kind is FailureKind.LOCAL


def retry_after(value: str | None, now: datetime | None = None) -> float:
    """Seconds of a ``Retry-After``, a number or an HTTP date (RFC 9110, 10.2.3).

    Nonsense counts as one second, and so does a date that has passed: clocks differ, and what
    was just refused is not sent again at once. Capped just above ``LONGEST_WAIT``.
    """
    text = (value or "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_WAIT + 1)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 1.0
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    left = (aware - (now or datetime.now(UTC))).total_seconds()
    return min(max(left, 1.0), LONGEST_WAIT + 1)


def time_left(ctx: RunContext) -> float | None:
    """Seconds that sampling may still take; ``None`` without a deadline."""
    left = ctx.seconds_left()
    return None if left is None else max(0.0, left - MARGIN)


def line_of(exchange: Exchange) -> dict[str, object]:
    """One exchange for the evidence; the body only where something went wrong."""
    failure = exchange.failure
    return {
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "elapsed": round(exchange.elapsed, 6),
        "failure": f"{failure.kind.value}: {failure.detail}" if failure else None,
        "body": None if exchange.ok else exchange.body[:EXCERPT].decode("utf-8", "replace"),
    }


def cut_off_line(method: str, url: str, elapsed: float) -> dict[str, object]:
    """A request that was sent and stopped before it ended, for the evidence."""
    return {
        "method": method,
        "url": public_url(url),
        "status": None,
        "elapsed": round(elapsed, 6),
        "failure": f"{FailureKind.CANCELLED.value}: cut off when the sampling ended",
        "body": None,
    }


def json_lines(lines: Iterable[Mapping[str, object]], redact: Callable[[str], str] = str) -> str:
    """JSON lines, capped in number."""
    kept: list[str] = []
    more = 0
    for line in lines:
        if len(kept) < MAX_LINES:
            kept.append(redact(json.dumps(line, ensure_ascii=False, default=str)))
        else:
            more += 1
    if more:
        kept.append(json.dumps({"not_kept": more}))
    return "".join(f"{line}\n" for line in kept)
