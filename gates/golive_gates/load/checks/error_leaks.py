"""``load.error-leaks``: no error answer tells anything about the inside.

What: every error answer that the penetration checks got (refusals, unknown paths, bad bodies) is
searched for stack traces, file paths, SQL, internal addresses, debug pages, secrets and
versions in its body; versions in headers are ``load.security-headers``. Why: an attacker reads
in one trace what would take days to find out. Remedy: one error handler in front of everything
that logs the details and answers with a fixed text and an id.
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
from golive_gates.load.pentest.parts import Access, BadInput, Browser, Objects, Reply, Routes, Walk
from golive_gates.load.pentest.verdicts import count_of, cut_short, subject, told
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.error-leaks")

MOST = 20


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One leak is a counterexample; answers that were not collected decide nothing."""
    del settings
    replies, walks = _collected(observation)
    errors = [r for r in replies if r.status is not None and r.status >= 400]
    leaking = [r for r in errors if r.leaks]
    evidence = tuple(ref for walk in walks for ref in walk.evidence)
    kinds = sorted({leak.kind for r in leaking for leak in r.leaks})
    facts = (Fact("error_answers", len(errors)), Fact("leaking", len(leaking)))
    if leaking:
        first = leaking[0]
        return SPEC.failed(
            Reason(
                "leaks",
                {"count": len(leaking), "n": len(errors), "kinds": ", ".join(kinds), **told(first)},
            ),
            measurement=count_of("leaking_answers", len(leaking), len(errors)),
            evidence=evidence,
            facts=facts,
            findings=tuple(
                Finding(subject(r), Reason("leak", {"kind": leak.kind, "text": leak.text}))
                for r in leaking[:MOST]
                for leak in r.leaks
            ),
        )
    for part in (Access, Objects, BadInput, Routes, Browser):
        observation.require(part)
    for walk in walks:
        early = cut_short(SPEC, walk, facts)
        if early is not None:
            return early
    if not errors:
        return SPEC.inconclusive(Reason("no-errors"), evidence=evidence, facts=facts)
    return SPEC.passed(
        Reason("clean", {"n": len(errors)}),
        measurement=count_of("leaking_answers", 0, len(errors)),
        evidence=evidence,
        facts=facts,
    )


def _collected(observation: Observation) -> tuple[list[Reply], list[Walk]]:
    replies: list[Reply] = []
    walks: list[Walk] = []
    access = observation.find(Access)
    if not isinstance(access, Unavailable):
        walks.append(access.walk)
        for route in access.routes:
            replies += [route.control] if route.control else []
            replies += route.attempts
    objects = observation.find(Objects)
    if not isinstance(objects, Unavailable):
        walks.append(objects.walk)
        seen = (objects.created, objects.control, objects.after_others, objects.after_overrides)
        replies += [r for r in seen if r is not None]
        replies += (*(objects.others or ()), *objects.overrides)
        replies += [a.create for a in objects.assignments]
    bad = observation.find(BadInput)
    if not isinstance(bad, Unavailable):
        walks.append(bad.walk)
        replies += (*bad.controls, *bad.replies, *bad.ready)
    routes = observation.find(Routes)
    if not isinstance(routes, Unavailable):
        walks.append(routes.walk)
        for base in routes.bases:
            replies += [base.missing] if base.missing else []
            replies += (*base.admin, *base.exposed)
    browser = observation.find(Browser)
    if not isinstance(browser, Unavailable):
        walks.append(browser.walk)
        replies += browser.answers
        pairs = ((o.preflight, o.simple) for o in browser.origins)
        replies += [r for pair in pairs for r in pair if r is not None]
    return replies, walks


CHECK = Check(SPEC, (Access, Objects, BadInput, Routes, Browser), judge)
