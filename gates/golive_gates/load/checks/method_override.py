"""``load.method-override``: a header or a parameter does not turn one method into another.

What: GET and POST requests on an own object that name DELETE in ``X-HTTP-Method-Override``,
``X-HTTP-Method``, ``X-Method-Override`` or ``_method``; the object has to be there afterwards.
Why: a front that admits GET to everybody then admits DELETE to everybody, and a link is enough
to delete. Remedy: switch method overriding off in the framework, or drop these headers in front.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Reason
from golive_gates.load.pentest.parts import Objects
from golive_gates.load.pentest.verdicts import (
    count_of,
    cut_short,
    subject,
    told,
    unanswered,
    walk_facts,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.method-override")

GONE = (404, 410)
ISOLATION = "load.tenant-isolation"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The object gone is a counterexample; an object that never was decides nothing."""
    del settings
    part = observation.require(Objects)
    evidence, facts = part.walk.evidence, walk_facts(part.walk)
    after = part.after_overrides
    n = len(part.overrides)
    if after is not None and after.status in GONE:
        doers = [r for r in part.overrides if not (r.ok and r.shows)]
        first = doers[0] if doers else part.overrides[-1]
        return SPEC.failed(
            Reason("deleted", told(first)),
            measurement=count_of("methods_overridden", 1, n),
            evidence=evidence,
            facts=facts,
            findings=(Finding(subject(first), Reason("deleted", told(first))),),
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    if part.after_others is not None and part.after_others.status in GONE:
        return SPEC.inconclusive(Reason("object-lost"), evidence=evidence, blocked_by=ISOLATION)
    if part.control is None or not part.control.ok or after is None or not n:
        reason = Reason("no-object")
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    silent = unanswered(SPEC, part.walk, (*part.overrides, after))
    if silent is not None:
        return silent
    if not (after.ok and after.shows):
        reason = Reason("pentest-no-answer", told(after))
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    return SPEC.passed(
        Reason("kept", {"attempts": n}),
        measurement=count_of("methods_overridden", 0, n),
        evidence=evidence,
        facts=facts,
    )


CHECK = Check(SPEC, (Objects,), judge)
