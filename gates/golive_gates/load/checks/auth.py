"""``load.auth``: no API route answers without the right credentials.

What: every configured route (creating, listing, reading and deleting objects, generating) is
asked with none, empty, mistyped, tampered, made-up, unsigned (``alg: none``), wrongly signed and
expired credentials, reading also in other spellings of its path; each has to be refused while
the right token works. Why: one forgotten guard opens everything behind
it, and nobody notices in use. Remedy: guard before routing, refuse with 401 and a
``WWW-Authenticate`` header, and accept no signature algorithm but your own.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason
from golive_gates.load.pentest.parts import Access, GuardedRoute, Reply
from golive_gates.load.pentest.verdicts import (
    VARIANTS,
    count_of,
    cut_short,
    opens,
    proven,
    subject,
    told,
    unanswered,
    walk_facts,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.auth")

REFUSALS = (401, 403)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One open door fails; without a working right token nothing is proven."""
    del settings
    part = observation.require(Access)
    evidence = part.walk.evidence
    pairs = [(r, a) for r in part.routes for a in r.attempts]
    opened = [a for r, a in pairs if opens(r, a)]
    crashed = [a for _, a in pairs if a.crashed]
    facts = _facts(part, pairs)
    measurement = count_of("attempts_admitted", len(opened) + len(crashed), max(1, len(pairs)))
    if opened or crashed:
        first = (opened or crashed)[0]
        counts = {"opened": len(opened), "crashed": len(crashed), **told(first)}
        return SPEC.failed(
            Reason("opened" if opened else "crashed", counts),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=(
                *(Finding(subject(a), Reason("attempt-opened", told(a))) for a in opened),
                *(Finding(subject(a), Reason("attempt-crashed", told(a))) for a in crashed),
            ),
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    for route in part.routes:
        if route.control is None:
            params = {"method": route.method, "path": route.path}
            return SPEC.inconclusive(Reason("no-item", params), evidence=evidence, facts=facts)
        if not route.control.ok:
            status = route.control.status or route.control.failure
            answer = {"method": route.method, "path": route.path, "status": status}
            return SPEC.inconclusive(Reason("control", answer), evidence=evidence, facts=facts)
    silent = unanswered(SPEC, part.walk, (a for _, a in pairs))
    if silent is not None or not pairs:
        return silent or SPEC.inconclusive(Reason("pentest-no-api"))
    refused = sum(a.refused for _, a in pairs)
    counts = {
        "routes": len(part.routes),
        "attempts": len(pairs),
        "refused": refused,
        "empty": len(pairs) - refused,
    }
    odd = [a for _, a in pairs if a.probe not in VARIANTS and a.status not in REFUSALS]
    if odd:
        return SPEC.warned(
            Reason("odd-refusal", {"odd": len(odd), **counts, **told(odd[0])}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(Finding(subject(a), Reason("attempt-odd", told(a))) for a in odd),
        )
    code = Reason("refused" if part.expired_tried else "refused-without-expired", counts)
    return proven(SPEC, code, part.walk, measurement, facts)


def _facts(part: Access, pairs: list[tuple[GuardedRoute, Reply]]) -> tuple[Fact, ...]:
    refused = [a for _, a in pairs if a.status == 401]
    named = sum(a.header("www-authenticate") is not None for a in refused)
    return (
        Fact("routes", len(part.routes)),
        Fact("expired_tried", "yes" if part.expired_tried else "no"),
        Fact("with_www_authenticate", f"{named}/{len(refused)}"),
        *walk_facts(part.walk),
    )


CHECK = Check(SPEC, (Access,), judge)
