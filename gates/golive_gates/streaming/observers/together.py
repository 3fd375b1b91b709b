"""Many streams at once, sent by the load engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from golive.api import Grant, RunContext, Scope
from golive.probe.exchange import clean
from golive.target_client import time_left
from golive_gates.streaming.observers.asking import LOAD_CLIENT, Ask, loud_headers, pause
from golive_gates.streaming.parts import HeldStream, Together
from golive_gates.streaming.settings import Settings

LONGEST_SPREAD = 1.0
SHORTEST_SPREAD = 0.05
SPREAD_SHARE = 0.25
"""Share of a stream's usual time within which all of them start, to be open together."""
END_SLACK = 5.0


def pause_before(ask: Ask, scope: Scope) -> float:
    """Seconds to wait before each burst, so that earlier requests leave the limit's window.

    With credentials of its own (``target.clients.load``) loud work has a limit that admits it.
    """
    target = scope.config.target
    if ask.limit is None or (target is not None and LOAD_CLIENT in target.clients):
        return 0.0
    covered = any(ask.api.path.startswith(prefix) for prefix in ask.limit.paths)
    return ask.limit.window if covered else 0.0


def room_for(ask: Ask, settings: Settings, ctx: RunContext) -> int | None:
    """Requests that may be sent at once: golive's share of the limit; ``None``: no limit."""
    if ask.limit is None or not pause_before(ask, ctx.scope):
        return None
    return int(settings.rate_limit_share * ask.limit.requests)


async def let_the_limit_forget(ask: Ask, ctx: RunContext) -> bool:
    """Wait until earlier requests have left the limit's window; False: no time for that."""
    wait, left = pause_before(ask, ctx.scope), time_left(ctx)
    if left is not None and left <= wait:
        return False
    if wait:
        await pause(wait)
    return True


def spread_of(usual: float | None) -> float:
    """Seconds within which streams that take *usual* s have to start."""
    if usual is None:
        return LONGEST_SPREAD / 2
    return min(LONGEST_SPREAD, max(SHORTEST_SPREAD, SPREAD_SHARE * usual))


async def send_together(
    ctx: RunContext,
    ask: Ask,
    grant: Grant,
    *,
    count: int,
    spread: float,
    what: str,
    template: Mapping[str, object] | None = None,
    timeout_s: float | None = None,
) -> Together:
    """*count* streams within *spread* s, each to its end. *what* names them.

    *template*: another body, to which no answer is known. Spends the budget first.
    """
    # The engine and its calibration are heavy; only loud work needs them.
    from golive.probe.load import Arrival, LoadPlan, Request, Schedule, run_load

    tls = ctx.config.target.tls if ctx.config.target else None
    timeout = ask.api.timeout if timeout_s is None else timeout_s
    headers = {
        "Accept": "text/event-stream",
        "Cache-Control": "no-store",
        **dict(ctx.headers),
        **loud_headers(ctx),
    }
    request = Request(
        "POST",
        ask.front,
        headers=tuple(headers.items()),
        json=dict(ask.api.body if template is None else template),
        rules=ask.rules(timeout),
        timeout=timeout,
        known_answer=ask.api.known_answer if template is None else None,
        address=grant.address,
    )
    plan = LoadPlan(
        (request,),
        Schedule(Arrival.CONSTANT, count, rate=count / spread),
        keep_alive=False,
        verify=tls.verify if tls else True,
        ca_file=str(ctx.scope.base / tls.ca) if tls and tls.ca else None,
        deadline=spread + timeout + END_SLACK,
        keep_gaps=0,
        unique_prefix=f"golive-{ctx.run_id[-20:]}-{what}",
    )
    ctx.budget.spend(count)
    ctx.note_sent("POST", ask.front, count)
    try:
        result = await run_load(plan, calibrate=False)
    except (OSError, ValueError) as error:
        return Together(count, spread, (), problem=clean(str(error)))
    streams = tuple(
        HeldStream(
            r.scheduled,
            r.outcome.value,
            r.status,
            r.detail,
            r.headers,
            r.first_content,
            r.last_content,
            r.ended,
            r.content_events,
            r.matches,
            r.retry_after,
        )
        for r in result.records
    )
    missing = "" if result.complete else (result.aborted or "; ".join(result.lost) or "incomplete")
    return Together(
        count,
        spread,
        streams,
        result.instrument.loop_lag_p99,
        result.instrument.slip_p99,
        missing,
    )


def lines_of(run: Together) -> list[dict[str, object]]:
    """One line a stream for the evidence."""
    return [{"at_once": run.count, **asdict(s)} for s in run.streams]
