"""``streaming.resume``: a stream that broke can be had again as the service says.

What: a stream is cut after some events and asked for again with ``Last-Event-ID``. With
``continue`` both parts together are the known answer, no event twice and none missing, the ids
strictly after the last one seen; with ``restart`` the second stream is the whole answer.
Why: browsers reconnect by themselves (WHATWG HTML, 9.2.3), and an answer with a piece twice or
missing looks like an answer. A service that sends no ids cannot resume.
Remedy: give every content event an ``id`` and start behind the one that a client names, from a
buffer that outlives the connection; or declare ``restart`` if clients begin anew.
"""

from __future__ import annotations

import itertools

from golive.api import Check, CheckResult, CheckSpec, Fact, Observation, Reason, Severity
from golive_gates.streaming.buffering import CHECK_ID, behind_a_holding_front
from golive_gates.streaming.parts import LOCAL, Resume, Wire
from golive_gates.streaming.seen import AUTH, why_not
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.resume", severity=Severity.MEDIUM, required=False)

NOTHING_LEFT = "nothing-left"
TOO_LARGE = "too-large"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Compared with the known answer, by the kind of resumption that is declared."""
    part = observation.require(Resume)
    evidence = part.evidence
    repeated = sorted(set(part.first_ids) & set(part.second_ids) - {""})
    facts = (
        Fact("last_event_id", part.last_id or None),
        Fact("events_before", len(part.first_ids)),
        Fact("events_after", len(part.second_ids)),
        Fact("ids_repeated", len(repeated)),
    )
    params: dict[str, str | int | float] = {
        "last": part.last_id or "-",
        "before": len(part.first_ids),
        "after": len(part.second_ids),
        "repeated": len(repeated),
    }
    large = TOO_LARGE in (part.first_failure, part.second_failure)
    nothing = Reason("too-large") if large else _undecided(part, settings, params)
    if nothing is not None:
        unseen = nothing.code == NOTHING_LEFT and behind_a_holding_front(observation, settings)
        return SPEC.inconclusive(
            Reason("buffered") if unseen else nothing,
            evidence=evidence,
            facts=facts,
            blocked_by=CHECK_ID if unseen else None,
        )
    if not part.last_id:
        return SPEC.failed(Reason("no-ids", params), evidence=evidence, facts=facts)
    if part.second_failure:
        params |= {"failure": part.second_failure, "status": part.second_status or "-"}
        return SPEC.failed(Reason("second-failed", params), evidence=evidence, facts=facts)
    wrong = _restarted(part) if settings.resume == "restart" else _continued(part, repeated)
    if wrong:
        return SPEC.failed(Reason(wrong, params), evidence=evidence, facts=facts)
    code = "restarted" if settings.resume == "restart" else "continued"
    return SPEC.passed(Reason(code, params), evidence=evidence, facts=facts)


def _undecided(
    part: Resume, settings: Settings, params: dict[str, str | int | float]
) -> Reason | None:
    """Why the two streams decide nothing, or ``None``."""
    if part.first_failure or part.first_status is None:
        return why_not(part.first_status, part.first_failure, part.detail)
    if len(part.first_ids) < part.cut_after:
        return Reason("stream-too-short", params)
    if not part.last_id:
        return None
    if part.second_status in (429, *AUTH) or part.second_failure == LOCAL:
        return why_not(part.second_status, part.second_failure, part.detail)
    if part.second_failure:
        return None
    if part.joined is None or part.second is None:
        return Reason("no-known-answer")
    if settings.resume == "continue" and part.joined and not part.second_ids:
        return Reason(NOTHING_LEFT, params)
    return None


def _restarted(part: Resume) -> str:
    """What is wrong with a stream that should begin anew; "" for nothing."""
    return "" if part.second else "not-restarted"


def _continued(part: Resume, repeated: list[str]) -> str:
    """What is wrong with a stream that should go on; "" for nothing."""
    if part.second:
        return "began-anew"
    if repeated:
        return "overlap"
    if not _after(part.last_id, part.second_ids):
        return "ids-not-after"
    return "" if part.joined else "gap"


def _after(last: str, ids: tuple[str, ...]) -> bool:
    """Whether *ids* come strictly after *last* and rise; numbers by value, others differ only."""
    chain = (last, *ids)
    if all(i.isascii() and i.isdecimal() and len(i) <= 18 for i in chain):
        return all(int(a) < int(b) for a, b in itertools.pairwise(chain))
    return len(set(chain)) == len(chain) and "" not in ids


CHECK = Check(SPEC, (Resume, Wire), judge)
