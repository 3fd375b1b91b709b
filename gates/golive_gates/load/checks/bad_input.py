"""``load.bad-input``: a bad body is refused with a 4xx, and the service stays ready.

What: empty, malformed, oversized, deeply nested, mistyped and undecodable bodies on every route
that takes one; each answer has to be a 4xx in time, and every service ready afterwards. A reset
while an oversized body is still being sent is a refusal as well; NUL in a valid string may be
accepted. Why: a 500 is an unhandled path, a 2xx stores rubbish, and a body that hangs or kills a
worker stops the service for everybody. Remedy: limit size and depth in front, validate before
anything else, and turn every parser error into a 400 or 422.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason
from golive_gates.load.pentest.parts import BadInput, Reply
from golive_gates.load.pentest.payloads import MAY_ACCEPT
from golive_gates.load.pentest.verdicts import (
    count_of,
    cut_short,
    hung,
    proven,
    subject,
    told,
    walk_facts,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.bad-input")

OVERSIZED = "oversized"
CUT = ("reset", "protocol")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Anything but a refusal fails, where the right body works; so does a service left unready."""
    del settings
    part = observation.require(BadInput)
    evidence = part.walk.evidence
    facts = (Fact("payloads", len(part.replies)), *walk_facts(part.walk))
    working = {c.path for c in part.controls if c.ok}
    judged = [r for r in part.replies if r.path in working]
    wrong = [r for r in judged if _kind(r) in ("crashed", "accepted", "hung", "dropped")]
    unready = [r for r in part.ready if not r.ok and r.status != 429]
    if wrong or (unready and judged):
        first = (wrong or unready)[0]
        bad = len(wrong) + len(unready)
        return SPEC.failed(
            Reason(_kind(first) if wrong else "not-ready", {"count": bad, **told(first)}),
            measurement=count_of("not_refused", bad, len(judged) + len(part.ready)),
            evidence=evidence,
            facts=facts,
            findings=tuple(_finding(r) for r in wrong),
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    broken = next((c for c in part.controls if not c.ok), None)
    if broken is not None or not part.controls:
        params = told(broken) if broken else {"method": "-", "path": "-", "status": "-"}
        return SPEC.inconclusive(Reason("control", params), evidence=evidence, facts=facts)
    undecided = next((r for r in (*judged, *part.ready) if _open(r)), None)
    if undecided is not None or not judged or not part.ready:
        params = told(undecided) if undecided else told(part.controls[0])
        reason = Reason("pentest-no-answer", params)
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    reason = Reason("refused", {"payloads": len(judged), "routes": len(working)})
    return proven(SPEC, reason, part.walk, count_of("not_refused", 0, len(judged)), facts)


def _kind(reply: Reply) -> str:
    """``refused``, ``unknown``, or what is wrong with the answer."""
    if reply.status is not None:
        if reply.crashed:
            return "crashed"
        if reply.ok and reply.probe not in MAY_ACCEPT:
            return "accepted"
        return "refused" if reply.ok or reply.refused else "unknown"
    if hung(reply):
        return "hung"
    if reply.failure in CUT:
        return "refused" if reply.probe == OVERSIZED else "dropped"
    return "unknown"


def _open(reply: Reply) -> bool:
    if reply.probe == "ready":
        return not reply.ok
    return _kind(reply) == "unknown"


def _finding(reply: Reply) -> Finding:
    return Finding(subject(reply), Reason(_kind(reply), {"count": 1, **told(reply)}))


CHECK = Check(SPEC, (BadInput,), judge)
