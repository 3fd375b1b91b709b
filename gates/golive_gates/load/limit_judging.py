"""What the judges of the rate limit share. Pure."""

from __future__ import annotations

from golive.api import Comparator, Fact, Measurement, Reason
from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_parts import DEADLINE, TOO_SLOW, UNUSABLE, RateLimitSeen, Round

Params = dict[str, str | int | float]

OWNER = "load.rate-limit"
STATUS_OWNER = "load.rate-limit-status"


def open_because(part: RateLimitSeen) -> Reason | None:
    """Why nothing at all can be said of the limit; ``None``: a round was sent to its end."""
    if not part.rounds:
        return Reason("limit-stopped", {"requests": 0})
    last = part.rounds[-1]
    if last.stopped == UNUSABLE or (last.refused and not last.admitted):
        seen = last.answers[-1] if last.answers else None
        status = "-" if seen is None else seen.status or seen.failure or "-"
        return Reason("limit-unusable", {"status": status, "url": part.url})
    if last.stopped == TOO_SLOW and not last.refused:
        params: Params = {"sent": last.sent, "seconds": last.seconds, "window": part.window}
        return Reason("limit-too-slow", params)
    return None


def not_refused(part: RateLimitSeen) -> tuple[Reason, str | None] | None:
    """Why what follows a refusal cannot be judged, and the check to blame for it."""
    why = open_because(part)
    if why is not None:
        return why, None
    last = part.rounds[-1]
    if last.refused:
        return None
    if last.errors:
        return disturbed(last), None
    return Reason("limit-not-found", {"sent": last.sent}), OWNER


def disturbed(round_: Round) -> Reason:
    """Requests with no clear answer: a limiter may have counted them, or not."""
    return Reason("limit-disturbed", {"errors": round_.errors, "sent": round_.sent})


def ended_early(part: RateLimitSeen) -> Reason:
    """The gate's time was up before the procedure's end."""
    return Reason("limit-stopped", {"requests": sum(r.sent for r in part.rounds)})


def was_stopped(part: RateLimitSeen) -> bool:
    """Whether the gate's deadline cut the procedure short."""
    return part.stopped == DEADLINE


def count(name: str, value: float, threshold: float, comparator: Comparator) -> Measurement:
    """An exact count of requests against what it must be."""
    return Measurement(name, float(value), "requests", comparator, float(threshold))


def limit_facts(part: RateLimitSeen) -> tuple[Fact, ...]:
    """What was seen of the limiter, whatever the question."""
    kind = reading.kind_of_limiter(part)
    facts = [
        Fact("declared_requests", part.requests),
        Fact("declared_window", part.window, "s"),
        Fact("limiter_kind", kind.value),
    ]
    if not part.rounds:
        return tuple(facts)
    last = part.rounds[-1]
    forms = {a.quota.form for a in last.answers if a.quota is not None}
    return (
        *facts,
        Fact("rounds", len(part.rounds)),
        Fact("admitted", last.admitted),
        Fact("round_seconds", last.seconds, "s"),
        Fact("window_seen", reading.window_seen(part, len(part.rounds) - 1), "s"),
        Fact("refusal_status", last.status),
        Fact("retry_after", last.retry_after, "s"),
        Fact("tokens_refilled", None if part.refill is None else part.refill.admitted),
        Fact("refill_seconds", None if part.refill is None else part.refill.longest, "s"),
        Fact("quota_headers", ", ".join(sorted(forms)) or None),
    )
