"""``load.rate-limit-bypass``: nothing a client can write into a request gets around the limit.

What: while the plain request is refused, the same request with made-up forwarding headers, other
spellings of its path, and HEAD, each between two plain refusals. Why: a limiter that believes
``X-Forwarded-For`` from anyone, or that counts ``/a`` and ``/a/`` apart, stops only those who do
not want to get around it.
Remedy: take the client from its credentials or from the last trusted proxy hop, and limit after the
path was normalised.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Finding, Observation, Reason
from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_judging import (
    Params,
    count,
    ended_early,
    limit_facts,
    not_refused,
)
from golive_gates.load.limit_parts import WINS, Attempt, RateLimitSeen
from golive_gates.load.limit_reading import LimitKind
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.rate-limit-bypass")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One way around is a counterexample; one that could not be tried leaves it open."""
    del settings
    part = observation.require(RateLimitSeen)
    facts = limit_facts(part)
    nothing = not_refused(part)
    if nothing is not None:
        why, owner = nothing
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts, blocked_by=owner)
    if not part.attempts:
        return SPEC.inconclusive(ended_early(part), evidence=part.evidence, facts=facts)
    found = [a for a in part.attempts if a.wins >= WINS]
    untold = [a for a in part.attempts if a.open]
    unclear = [a for a in part.attempts if not a.open and _unclear(part, a)]
    measurement = count("ways_around", len(found), 0, Comparator.LE)
    params: Params = {
        "tried": len(part.attempts),
        "found": len(found),
        "names": ", ".join(a.name for a in found or untold or unclear) or "-",
        "open": len(untold or unclear),
    }
    if found:
        return SPEC.failed(
            Reason("bypassed", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(a) for a in found),
        )
    if untold:
        return SPEC.inconclusive(Reason("reopened", params), evidence=part.evidence, facts=facts)
    if unclear:
        return SPEC.inconclusive(
            Reason("unclear-variants", params), evidence=part.evidence, facts=facts
        )
    return SPEC.passed(
        Reason("held", params), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _unclear(part: RateLimitSeen, attempt: Attempt) -> bool:
    """Neither around the limit nor refused: no answer, trouble of the service, or now and then.

    A token that came back serves anything once or twice, and is then followed by refusals only.
    """
    refusing = {429, *(r.status for r in part.rounds if r.refused)}
    if attempt.wins:
        bucket = reading.kind_of_limiter(part) is LimitKind.TOKEN_BUCKET
        return attempt.wins < WINS and not (bucket and attempt.losses >= WINS)
    if attempt.status in refusing:
        return False
    return attempt.status is None or attempt.status >= 500 or 200 <= attempt.status < 300


def _finding(attempt: Attempt) -> Finding:
    params: Params = {
        "name": attempt.name,
        "kind": attempt.kind,
        "wins": attempt.wins,
        "status": attempt.status or 0,
    }
    return Finding(attempt.name, Reason("way-around", params))


CHECK = Check(SPEC, (RateLimitSeen,), judge)
