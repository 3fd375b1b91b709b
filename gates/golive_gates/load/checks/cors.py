"""``load.cors``: no foreign web page may use the API with its visitor's credentials.

What: preflights and requests with hostile origins (a foreign site, ``null``, a name that begins
with the target's own). An origin that is echoed, or ``null`` that is allowed, together with
credentials fails. An API that any origin may read without them (``*``, or an echo) warns: with
bearer tokens that is no hole by itself, but rarely what was meant. Why: with an echoed origin
every page that a user opens may act in that user's name. Remedy: answer CORS for a fixed list
of origins, compared whole, or not at all.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Reason
from golive_gates.load.pentest.parts import Browser, Reply
from golive_gates.load.pentest.verdicts import count_of, cut_short, told, unanswered, walk_facts
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.cors")

ORIGIN = "access-control-allow-origin"
CREDENTIALS = "access-control-allow-credentials"
_NOTHING: dict[str, str | int] = {"method": "GET", "path": "-", "status": "-"}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """An allowed origin with credentials fails; without, it warns; an error decides nothing."""
    del settings
    part = observation.require(Browser)
    evidence, facts = part.walk.evidence, walk_facts(part.walk)
    pairs = [
        (crossing.origin, reply)
        for crossing in part.origins
        for reply in (crossing.preflight, crossing.simple)
        if reply is not None
    ]
    trusted = [(o, r) for o, r in pairs if _echoes(o, r) and _credentials(r)]
    allowed = [(o, r) for o, r in pairs if _echoes(o, r) or r.header(ORIGIN) == "*"]
    measurement = count_of("hostile_origins_trusted", len(trusted), max(1, len(pairs)))
    if trusted:
        origin, reply = trusted[0]
        return SPEC.failed(
            Reason("trusted", {"count": len(trusted), "origin": origin, "path": reply.path}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(_finding(o, r) for o, r in trusted),
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    silent = unanswered(SPEC, part.walk, (r for _, r in pairs), crashes=True)
    if silent is not None:
        return silent
    if not pairs:
        return SPEC.inconclusive(Reason("nothing-tried"), facts=facts)
    if allowed:
        origin, reply = allowed[0]
        params = {"origin": origin, "path": reply.path, "allowed": reply.header(ORIGIN) or "-"}
        return SPEC.warned(
            Reason("any-origin", params),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(_finding(o, r) for o, r in allowed),
        )
    unserved = next((c for c in part.origins if c.simple is None or not c.simple.ok), None)
    if unserved is not None:
        simple = unserved.simple
        answer = told(simple) if simple else _NOTHING
        reason = Reason("unserved", {"origin": unserved.origin, **answer})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    return SPEC.passed(
        Reason("closed", {"origins": len(part.origins), "answers": len(pairs)}),
        measurement=measurement,
        evidence=evidence,
        facts=facts,
    )


def _echoes(origin: str, reply: Reply) -> bool:
    return (reply.header(ORIGIN) or "").lower() == origin.lower()


def _credentials(reply: Reply) -> bool:
    return (reply.header(CREDENTIALS) or "").lower() == "true"


def _finding(origin: str, reply: Reply) -> Finding:
    params = {
        "origin": origin,
        "allowed": reply.header(ORIGIN) or "-",
        "credentials": reply.header(CREDENTIALS) or "-",
    }
    return Finding(f"{reply.method} {reply.path}", Reason("origin-allowed", params))


CHECK = Check(SPEC, (Browser,), judge)
