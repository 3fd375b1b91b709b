"""``load.tenant-isolation``: another tenant can neither see nor delete one's object.

What: an object made by the configured identity is listed, read and deleted by
``target.clients.other``; each has to be refused, and the object has to be there afterwards.
Why: object ids are guessable, and a missing owner check is the most common hole of an API.
Remedy: look every object up by id and owner together, and answer 404 (or 403) for the rest.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Reason,
    Unavailable,
)
from golive_gates.load.pentest.parts import Access, Objects, Reply
from golive_gates.load.pentest.verdicts import (
    AUTH,
    auth_is_open,
    count_of,
    cut_short,
    subject,
    told,
    walk_facts,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.tenant-isolation")

GONE = (404, 410)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Seeing or removing the object fails, unless everybody may: that is ``load.auth``."""
    del settings
    part = observation.require(Objects)
    evidence, facts = part.walk.evidence, walk_facts(part.walk)
    if part.others is None and part.control is not None and part.control.ok:
        return SPEC.inconclusive(Reason("no-other"), facts=facts)
    others = part.others or ()
    reached = [r for r in others if _reaches(r)]
    vanished = part.after_others is not None and part.after_others.status in GONE
    if reached or vanished:
        if auth_is_open(observation):
            return SPEC.inconclusive(Reason("auth-open"), evidence=evidence, blocked_by=AUTH)
        first = reached[0] if reached else others[-1]
        return SPEC.failed(
            Reason("reached", {"count": max(1, len(reached)), **told(first)}),
            measurement=count_of("foreign_access", max(1, len(reached)), len(others)),
            evidence=evidence,
            facts=facts,
            findings=tuple(Finding(subject(r), Reason("step-reached", told(r))) for r in reached),
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    gap = _gap(observation, part)
    if gap is not None:
        return SPEC.inconclusive(gap, evidence=evidence, facts=facts)
    statuses = {r.probe: r.status if r.status is not None else "-" for r in others}
    params = {"read": statuses.get("read", "-"), "delete": statuses.get("delete", "-")}
    return SPEC.passed(
        Reason("isolated", params),
        measurement=count_of("foreign_access", 0, len(others)),
        evidence=evidence,
        facts=(*facts, Fact("list_status", statuses.get("list"))),
    )


def _gap(observation: Observation, part: Objects) -> Reason | None:
    """Why refusals prove nothing; ``None`` when they do."""
    control, after, others = part.control, part.after_others, part.others or ()
    if control is None or not control.ok or after is None:
        status = control.status if control and control.status else _status(part.created)
        return Reason("no-object", {"status": status})
    unclear = next((r for r in others if not (r.ok or r.refused)), after if not after.ok else None)
    if unclear is not None:
        return Reason("pentest-no-answer", told(unclear))
    return None if _accepted(observation, others) else Reason("other-unknown")


def _reaches(reply: Reply) -> bool:
    if reply.probe == "list":
        return reply.ok and reply.shows
    return reply.ok


def _accepted(observation: Observation, others: tuple[Reply, ...]) -> bool:
    """Whether the other identity is a valid one: the list opens, or a made-up one fares worse."""
    by_probe = {r.probe: r for r in others}
    if by_probe["list"].ok:
        return True
    access = observation.find(Access)
    if isinstance(access, Unavailable):
        return False
    made_up = [
        a.status
        for route in access.routes
        if route.method == "GET"
        for a in route.attempts
        if a.probe == "made-up"
    ]
    return bool(made_up) and by_probe["read"].status not in (401, *made_up)


def _status(reply: Reply | None) -> str | int:
    if reply is None:
        return "-"
    return reply.status if reply.status is not None else reply.failure


CHECK = Check(SPEC, (Objects, Access), judge)
