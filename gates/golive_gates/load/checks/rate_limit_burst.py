"""``load.rate-limit-burst``: a burst gets no more than the declared number either.

What: if ``burst`` is chosen, a whole allowance and more sent at once after a rest, and two
allowances sent around a reset. Why: a limiter that counts in each replica, or reads and writes its
count in two steps, holds one request after another and admits a multiple at once; a fixed window
admits twice its number around a reset.
Remedy: one shared, atomic count for all replicas; a sliding window or a token bucket where twice
the number at once is too much.
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
from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_judging import (
    Params,
    count,
    ended_early,
    limit_facts,
    not_refused,
)
from golive_gates.load.limit_parts import Bursts, RateLimitSeen
from golive_gates.load.limit_reading import LimitKind
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.rate-limit-burst", severity=Severity.LOW, required=False)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """More than the allowance at once fails; twice of it around a reset is a warning."""
    part = observation.require(RateLimitSeen)
    facts = limit_facts(part)
    nothing = not_refused(part)
    if nothing is not None:
        cause, owner = nothing
        return SPEC.inconclusive(cause, evidence=part.evidence, facts=facts, blocked_by=owner)
    bursts = part.bursts
    if bursts is None:
        why = ended_early(part) if settings.burst else Reason("not-chosen")
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    facts = (*facts, *_facts(bursts))
    allowed = _allowed(part, bursts.parallel_seconds)
    measurement = count("burst_admitted", bursts.parallel_admitted, allowed, Comparator.LE)
    around = _allowed(part, bursts.boundary_seconds)
    params: Params = {
        "admitted": bursts.parallel_admitted,
        "sent": bursts.parallel_sent,
        "declared": part.requests,
        "allowed": allowed,
        "boundary": bursts.boundary_admitted,
        "seconds": bursts.boundary_seconds,
        "errors": bursts.errors,
    }
    if bursts.parallel_admitted > allowed:
        return SPEC.failed(
            Reason("over-admitted", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    if bursts.errors or bursts.parallel_admitted < part.requests:
        return SPEC.inconclusive(
            Reason("burst-disturbed", params), evidence=part.evidence, facts=facts
        )
    if bursts.boundary_admitted <= around and not _boundary_met(part, bursts):
        return SPEC.inconclusive(
            Reason("boundary-missed", params), evidence=part.evidence, facts=facts
        )
    code = "doubled" if bursts.boundary_admitted > around else "held"
    give = SPEC.warned if code == "doubled" else SPEC.passed
    return give(Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts)


def _boundary_met(part: RateLimitSeen, bursts: Bursts) -> bool:
    """Whether the second burst was sent around a reset, if there is such a thing.

    A fixed window admits twice its number around one, so that one which did not was missed: it
    may run by the clock. A limiter that was not told apart has to have told its reset.
    """
    kind = reading.kind_of_limiter(part)
    if kind in (LimitKind.SLIDING, LimitKind.TOKEN_BUCKET):
        return True
    return kind is not LimitKind.FIXED and bursts.reset_told


def _allowed(part: RateLimitSeen, seconds: float) -> int:
    """The allowance, and for a bucket the tokens that come back meanwhile."""
    if reading.kind_of_limiter(part) is not LimitKind.TOKEN_BUCKET:
        return part.requests
    return part.requests + math.ceil(seconds * part.requests / part.window) + 1


def _facts(bursts: Bursts) -> tuple[Fact, ...]:
    return (
        Fact("burst_admitted", bursts.parallel_admitted),
        Fact("burst_seconds", bursts.parallel_seconds, "s"),
        Fact("boundary_admitted", bursts.boundary_admitted),
        Fact("boundary_seconds", bursts.boundary_seconds, "s"),
    )


CHECK = Check(SPEC, (RateLimitSeen,), judge)
