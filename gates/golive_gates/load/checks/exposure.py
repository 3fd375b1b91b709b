"""``load.exposure``: what is made for operators and developers is not public.

What: metrics, profiles, API documents and explorers through the front of each service, without
credentials, with and without a final slash. Metrics and profiles fail: they tell load, versions,
routes and customers to anybody. Documents and explorers warn: a public API may want them; the
one that ``target.services[].openapi`` names is public on purpose. A redirect elsewhere or a
server error warns: it does not show that a path is closed. Why: all of this is on by default in
common frameworks and forgotten at the front. Remedy: answer 404 for these paths in the front,
or list them in ``gates.load.pentest.public_paths``.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Reason
from golive_gates.load.pentest.parts import Reply, Routes
from golive_gates.load.pentest.verdicts import (
    count_of,
    like_missing,
    subject,
    told,
    unclear,
    walk_facts,
    walked,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.exposure")

DOCUMENT = "document"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Figures and profiles in public fail; documents in public are worth knowing."""
    del settings
    part = observation.require(Routes)
    evidence, facts = part.walk.evidence, walk_facts(part.walk)
    pairs = [(b, r) for b in part.bases for r in b.exposed]
    public = [
        r
        for b, r in pairs
        if r.ok and not like_missing(r, b.missing) and not _declared(r, b.declared)
    ]
    vague = [r for b, r in pairs if not r.ok and unclear(r, b.missing)]
    inner = [r for r in public if r.probe != DOCUMENT]
    measurement = count_of("exposed_paths", len(inner), max(1, len(pairs)))
    findings = tuple(_finding(r) for r in public)
    if inner:
        return SPEC.failed(
            Reason("exposed", {"count": len(inner), **told(inner[0])}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=findings,
        )
    early = walked(SPEC, part, [r for _, r in pairs], facts)
    if early is not None:
        return early
    if public or vague:
        found = public or vague
        return SPEC.warned(
            Reason("documents" if public else "unclear", {"count": len(found), **told(found[0])}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=(
                *findings,
                *(Finding(subject(r), Reason("path-unclear", told(r))) for r in vague),
            ),
        )
    return SPEC.passed(
        Reason("hidden", {"paths": len(pairs), "bases": len(part.bases)}),
        measurement=measurement,
        evidence=evidence,
        facts=facts,
    )


def _declared(reply: Reply, declared: tuple[str, ...]) -> bool:
    return reply.path.rstrip("/") in {d.rstrip("/") for d in declared}


def _finding(reply: Reply) -> Finding:
    reason = Reason("document-public" if reply.probe == DOCUMENT else "figures-public", told(reply))
    return Finding(subject(reply), reason)


CHECK = Check(SPEC, (Routes,), judge)
