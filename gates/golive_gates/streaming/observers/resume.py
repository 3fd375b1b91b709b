"""A stream is cut after some events and asked for again with the last id that was seen."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.probe.http import HttpProbe
from golive.target_client import api_headers, json_lines, target_probe
from golive_gates.streaming.observers.asking import PATIENCE, Ask, Patience, asked, unique_of
from golive_gates.streaming.observers.following import Followed, follow
from golive_gates.streaming.observers.wire import USUAL
from golive_gates.streaming.parts import Resume
from golive_gates.streaming.settings import Settings

NAME = "resume"


class ResumeObserver:
    """Two requests with the same body, the second with ``Last-Event-ID``."""

    part = Resume
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Both requests; none when nothing is declared."""
        ask = asked(scope)
        if isinstance(ask, Unavailable) or settings.resume is None:
            return ()
        seconds = 2 * min(ask.api.timeout, USUAL)
        note = f"cut after {settings.resume_after} events, then Last-Event-ID"
        return (PlannedWork(NAME, self.lane, 2 + PATIENCE, seconds, f"POST {ask.front}", note, 1),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Resume | Unavailable:
        """Cut, ask again, and compare with the known answer."""
        ask = asked(ctx.scope)
        if isinstance(ask, Unavailable):
            return ask
        if settings.resume is None:
            return Unavailable(Reason("not-declared"))
        unique = unique_of(ctx, "resume")
        patience = Patience(ctx)
        async with target_probe(ctx) as probe:
            first = await _stream(patience, probe, ask, unique, {}, settings.resume_after)
            last = first.ids[-1] if first.ids else ""
            second = Followed()
            if last and not first.failure:
                more = {"Last-Event-ID": last}
                second = await _stream(patience, probe, ask, unique, more, None)
        known = ask.known(unique)
        joined: bool | None = None
        if known is not None and not first.failure and not second.failure and second.over:
            both = hashlib.sha256((first.content + second.content).encode()).hexdigest()
            joined = both == hashlib.sha256(known.encode()).hexdigest()
        lines = [_line(first), _line(second)]
        text = json_lines(lines, ctx.redact)
        ref = ctx.evidence.add("resume.jsonl", text, "application/jsonl")
        return Resume(
            settings.resume_after,
            last,
            tuple(first.ids),
            tuple(second.ids),
            first.status,
            second.status,
            joined,
            second.matches(known) if second.over else None,
            first.failure,
            second.failure,
            first.detail or second.detail,
            (ref,),
        )


async def _stream(
    patience: Patience,
    probe: HttpProbe,
    ask: Ask,
    unique: str,
    more: dict[str, str],
    cut_after: int | None,
) -> Followed:
    # Both parts are joined, so all of them is kept; the stream's own bound is the bound.
    rules = replace(ask.rules(), max_content=ask.rules().max_bytes)
    while True:
        followed = await follow(
            probe,
            ask.front,
            rules,
            Followed(),
            body=ask.body(unique),
            headers={**api_headers(patience.ctx), **more},
            cut_after=cut_after,
        )
        if followed.status != 429 or not await patience.again(followed.retry_after):
            return followed


def _line(followed: Followed) -> dict[str, object]:
    return {
        "status": followed.status,
        "failure": followed.failure,
        "detail": followed.detail,
        "content_events": followed.content_events,
        "ids": followed.ids,
        "content": followed.content[:500],
    }
