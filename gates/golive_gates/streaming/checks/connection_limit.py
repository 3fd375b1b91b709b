"""``streaming.connection-limit``: who is one too many is told so at once, and nobody else pays.

What: the declared limit of streams and some more at once: as many as declared are admitted and
end whole, those beyond it get 503 or 429 with ``Retry-After`` in a few seconds. A 429 counts
only where it cannot be the rate limit. Why: a limit that queues looks
like a hang to the user and holds a connection of the front; a limit that nobody enforces falls
over on all users instead of refusing one.
Remedy: refuse with 503 (or 429) and ``Retry-After`` (RFC 9110, 10.2.3) before the stream
begins, instead of letting requests wait for a free place.
"""

from __future__ import annotations

import math

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Observation,
    Reason,
    Severity,
)
from golive_gates.streaming.measure import exact
from golive_gates.streaming.parts import HeldStream, Limit
from golive_gates.streaming.seen import LOCAL_OUTCOMES, kinds_of, own_lag
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.connection-limit", severity=Severity.MEDIUM, required=False)

REFUSALS = (429, 503)
LAG_SHARE = 0.1
"""golive's own lag may be this share of ``over_limit_wait`` before it blurs a refusal's time."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """First that anybody was refused, then how, then that nobody else was harmed."""
    part = observation.require(Limit)
    evidence, streams = part.evidence, part.run.streams
    refused = [s for s in streams if s.outcome == "status" and s.status in REFUSALS]
    admitted = [s for s in streams if (s.status or 0) // 100 == 2]
    slowest = max((math.inf if s.ended is None else s.ended for s in refused), default=0.0)
    bare = sum(s.retry_after is None for s in refused)
    facts = (
        Fact("streams", len(streams)),
        Fact("open_at_once", part.run.at_once),
        Fact("streams_refused", len(refused)),
        Fact("slowest_refusal", slowest if refused else None, "s"),
        Fact("without_retry_after", bare),
    )
    own = next((s for s in streams if s.outcome in LOCAL_OUTCOMES), None)
    if part.run.problem or own is not None or not streams:
        detail = part.run.problem or (own.detail or own.outcome if own else "no stream")
        return SPEC.inconclusive(
            Reason("instrument", {"detail": detail}), evidence=evidence, facts=facts
        )
    params: dict[str, str | int | float] = {
        "declared": part.limit,
        "sent": len(streams),
        "admitted": len(admitted),
        "refused": len(refused),
        "at_once": part.run.at_once,
        "slowest": slowest,
        "wait": settings.over_limit_wait,
        "bare": bare,
    }
    # 429 also says that the rate limit is spent, and which of the two it was shows only where
    # that limit is known, and is not spent right after.
    limited = sum(s.status == 429 for s in refused)
    if limited and not (part.rate_declared and (part.afterwards or 0) // 100 == 2):
        return SPEC.inconclusive(
            Reason("may-be-rate-limit", {**params, "limited": limited}),
            evidence=evidence,
            facts=facts,
        )
    if not admitted:
        return SPEC.inconclusive(
            Reason("none-admitted", {**params, "kinds": kinds_of(streams)}),
            evidence=evidence,
            facts=facts,
        )
    if not refused and not _unclear(streams) and part.run.at_once <= part.limit:
        return SPEC.inconclusive(Reason("not-together", params), evidence=evidence, facts=facts)
    measurement = exact(
        "slowest_refusal", slowest, "s", Comparator.LE, settings.over_limit_wait, len(refused)
    )
    wrong = _wrong(part, refused, settings)
    lag = own_lag([part.run], LAG_SHARE * settings.over_limit_wait)
    if wrong is not None and lag is not None:
        return SPEC.inconclusive(lag, evidence=evidence, facts=facts)
    if wrong is not None:
        code, kinds, cited = wrong
        return SPEC.failed(
            Reason(code, {**params, "kinds": kinds}),
            measurement=measurement if cited else None,
            evidence=evidence,
            facts=facts,
        )
    make = SPEC.warned if bare else SPEC.passed
    return make(
        Reason("refused-bare" if bare else "refused", params),
        measurement=measurement,
        evidence=evidence,
        facts=facts,
    )


def _wrong(
    part: Limit, refused: list[HeldStream], settings: Settings
) -> tuple[str, str, bool] | None:
    """Reason code, outcomes it is about, and whether the refusals' time is its measurement."""
    streams = part.run.streams
    unclear = _unclear(streams)
    if unclear:
        hung = any(s.outcome == "timeout" and s.headers is None for s in unclear)
        return ("hung" if hung else "unclear"), kinds_of(unclear), False
    harmed = [s for s in streams if (s.status or 0) // 100 == 2 and not s.whole]
    if harmed:
        return "harmed", kinds_of(harmed), False
    if part.run.at_once > part.limit or not refused:
        return "not-enforced", "-", False
    if sum((s.status or 0) // 100 == 2 for s in streams) < part.limit:
        return "too-strict", "-", False
    if any(s.ended is None or s.ended > settings.over_limit_wait for s in refused):
        return "slow", "-", True
    return None


def _unclear(streams: tuple[HeldStream, ...]) -> list[HeldStream]:
    """Those that got neither a stream nor a refusal that says what it is."""
    return [s for s in streams if (s.status or 0) // 100 != 2 and s.status not in REFUSALS]


CHECK = Check(SPEC, (Limit,), judge)
