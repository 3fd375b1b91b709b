"""``load.admin-routes``: paths for operators are not open to the public.

What: common administration, debugging and configuration paths of each origin, without
credentials and, below ``/api/``, as an ordinary user; each has to be refused or absent, told
apart from a server that answers every path. Why: these are the first paths that are tried, and
``/.env`` or ``/actuator/env`` gives away every secret. Remedy: close them in the front, or
serve them on another port; ``gates.load.pentest.admin_paths`` names them.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason
from golive_gates.load.pentest.parts import Routes
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

SPEC = CheckSpec("load.admin-routes")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """An open path fails; a redirect, a crash or a page for every path is worth knowing."""
    del settings
    part = observation.require(Routes)
    evidence, facts = part.walk.evidence, walk_facts(part.walk)
    pairs = [(b, r) for b in part.bases for r in b.admin]
    opened = [r for b, r in pairs if r.ok and not like_missing(r, b.missing)]
    measurement = count_of("open_paths", len(opened), max(1, len(pairs)))
    if opened:
        return SPEC.failed(
            Reason("open", {"count": len(opened), **told(opened[0])}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(Finding(subject(r), Reason("path-open", told(r))) for r in opened),
        )
    early = walked(SPEC, part, [r for _, r in pairs], facts)
    if early is not None:
        return early
    everything = [b for b in part.bases if b.missing is not None and b.missing.ok and b.admin]
    vague = [r for b, r in pairs if unclear(r, b.missing)]
    counts = {"paths": len(pairs)}
    facts = (*facts, Fact("answers_everything", len(everything)))
    if everything or vague:
        reason = (
            Reason("unclear", {"count": len(vague), **told(vague[0])})
            if vague
            else Reason("answers-everything", {"url": everything[0].url, **counts})
        )
        return SPEC.warned(
            reason,
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(Finding(subject(r), Reason("path-unclear", told(r))) for r in vague),
        )
    return SPEC.passed(
        Reason("closed", counts), measurement=measurement, evidence=evidence, facts=facts
    )


CHECK = Check(SPEC, (Routes,), judge)
