"""``load.rate-limit``: a client gets the declared number of requests in the declared window.

What: requests of one client from a full allowance to the first refusal, counted, and the time
until it is served again, or of a token bucket what a timed pause gives back; the kind of limiter
is told apart. Why: a limit that is configured and
does not bind protects nothing, one that counts each replica alone admits a multiple, and one that
admits less refuses customers who keep to the contract.
Remedy: the reason names what differs: number, window, or no refusal at all.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Measurement, Observation, Reason
from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_judging import (
    Params,
    count,
    disturbed,
    ended_early,
    limit_facts,
    open_because,
    was_stopped,
)
from golive_gates.load.limit_parts import RateLimitSeen, Refill
from golive_gates.load.limit_reading import LimitKind
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.rate-limit")

NAME = "admitted_requests"
REFILLED = "tokens_refilled"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The last round decides: it began at a reset that was seen, or with an unused client."""
    del settings
    part = observation.require(RateLimitSeen)
    facts = limit_facts(part)
    why = open_because(part)
    if why is None and part.rounds[-1].errors:
        why = disturbed(part.rounds[-1])
    if why is not None:
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    code, measurement = _compared(part)
    params = _params(part)
    if code in ("exact", "exact-bucket"):
        return SPEC.passed(
            Reason("exact" if code == "exact" else "exact-bucket", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    if code == "refill-unmeasured":
        why = ended_early(part) if was_stopped(part) else Reason("refill-unmeasured", params)
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    if code == "unseen" or (was_stopped(part) and len(part.rounds) == 1 and code != "no-limit"):
        # A round that began inside a window may differ from the next one, which never came.
        return SPEC.inconclusive(ended_early(part), evidence=part.evidence, facts=facts)
    return SPEC.failed(
        Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _compared(part: RateLimitSeen) -> tuple[str, Measurement]:
    index = len(part.rounds) - 1
    last, kind = part.rounds[index], reading.kind_of_limiter(part)
    allowed = part.requests + reading.refill(part, last, kind)
    if not last.refused:
        return "no-limit", count(NAME, last.admitted, allowed, Comparator.LE)
    fitting = count(NAME, last.admitted, max(allowed, last.admitted), Comparator.LE)
    filled = _filled(part, fitting) if kind is LimitKind.TOKEN_BUCKET else None
    if filled is not None and filled[0] in ("refill-faster", "refill-slower"):
        return filled  # and with it the number that was served meanwhile
    if not reading.as_declared(part, last, kind):
        more = last.admitted > allowed
        comparator = Comparator.LE if more else Comparator.GE
        return "more" if more else "fewer", count(NAME, last.admitted, allowed, comparator)
    if filled is not None:
        return filled
    if reading.length_fits(part, index):
        return "exact", fitting
    if index >= len(part.readmissions):
        return "unseen", fitting
    back = part.readmissions[index]
    slack = reading.tolerance(part.window)
    if back.at is not None and back.at < part.window - slack:
        least = part.window - slack
        return "window-shorter", Measurement("window_seen", back.at, "s", Comparator.GE, least)
    most = part.window + slack
    worst = max(back.refused_until, most + slack)
    return "window-longer", Measurement("window_seen", worst, "s", Comparator.LE, most)


def _filled(part: RateLimitSeen, fitting: Measurement) -> tuple[str, Measurement]:
    """A bucket has no window to be seen: the rate at which it fills is held to the declared one."""
    seen = part.refill
    if seen is None or not seen.clear:
        return "refill-unmeasured", fitting
    least, most = reading.refill_bounds(part, seen)
    if seen.admitted > most:
        return "refill-faster", count(REFILLED, seen.admitted, most, Comparator.LE)
    if seen.full:
        return "refill-unmeasured", fitting
    if seen.admitted < least:
        return "refill-slower", count(REFILLED, seen.admitted, least, Comparator.GE)
    return "exact-bucket", fitting


def _params(part: RateLimitSeen) -> Params:
    index = len(part.rounds) - 1
    last, kind = part.rounds[index], reading.kind_of_limiter(part)
    seen = reading.window_seen(part, index)
    back = part.readmissions[index] if index < len(part.readmissions) else None
    filled = part.refill or Refill(0, 0.0, 0.0)
    least, most = reading.refill_bounds(part, filled)
    return {
        "refilled": filled.admitted,
        "over": filled.longest,
        "least": least,
        "most": most,
        "declared": part.requests,
        "window": part.window,
        "admitted": last.admitted,
        "sent": last.sent,
        "seconds": last.seconds,
        "refill": reading.refill(part, last, kind),
        "kind": kind.value,
        "seen": seen if seen is not None else (back.refused_until if back is not None else 0.0),
    }


CHECK = Check(SPEC, (RateLimitSeen,), judge)
