"""``load.mass-assignment``: a client cannot set what only the server may set.

What: objects are created with further fields (roles, owners, ids, times); where they are refused
together, each is sent alone. It has to be refused with a 4xx, or the object read back must not
have it. Why: a body that is copied into
a record as it stands makes anybody an administrator or the owner of something foreign.
Remedy: take the fields of a request from an explicit list, and refuse unknown ones.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason
from golive_gates.load.pentest.parts import NO_ACCESS, Assignment, Objects
from golive_gates.load.pentest.verdicts import (
    count_of,
    cut_short,
    proven,
    told,
    unanswered,
    walk_facts,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.mass-assignment")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One applied field is a counterexample; what cannot be read back decides nothing."""
    del settings
    part = observation.require(Objects)
    evidence = part.walk.evidence
    tried = sum(len(a.fields) for a in part.assignments)
    facts = (Fact("fields_tried", tried), *walk_facts(part.walk))
    applied = [(a, name) for a in part.assignments for name in a.applied]
    if applied:
        return SPEC.failed(
            Reason("applied", {"count": len(applied), "field": applied[0][1]}),
            measurement=count_of("fields_applied", len(applied), tried),
            evidence=evidence,
            facts=facts,
            findings=tuple(
                Finding(name, Reason("field-applied", {"group": a.group, "field": name}))
                for a, name in applied
            ),
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    if part.created is None or not part.created.ok:
        status = part.created.status if part.created and part.created.status else "-"
        reason = Reason("no-object", {"status": status})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    silent = unanswered(SPEC, part.walk, (a.create for a in part.assignments))
    if silent is not None:
        return silent
    crashed = [a for a in part.assignments if a.create.crashed]
    if crashed:
        return SPEC.failed(
            Reason("crashed", {"group": crashed[0].group, **told(crashed[0].create)}),
            measurement=count_of("groups_crashed", len(crashed), len(part.assignments)),
            evidence=evidence,
            facts=facts,
        )
    unread = next((a for a in part.assignments if not _decided(a)), None)
    if unread is not None or not part.assignments:
        params = told(unread.read or unread.create) if unread else {"path": "-", "status": "-"}
        reason = Reason("not-read", {"path": params["path"], "status": params["status"]})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    refused = sum(a.create.refused for a in part.assignments)
    counts = {"fields": tried, "refused": refused, "ignored": len(part.assignments) - refused}
    measurement = count_of("fields_applied", 0, tried)
    return proven(SPEC, Reason("held", counts), part.walk, measurement, facts)


def _decided(assignment: Assignment) -> bool:
    """One field refused by itself, or every field read back.

    Of several that are refused together, one may be applied when it comes alone.
    """
    if assignment.create.refused:
        return assignment.create.status not in NO_ACCESS and len(assignment.fields) == 1
    read = assignment.read
    return assignment.create.ok and read is not None and read.ok and read.shows


CHECK = Check(SPEC, (Objects,), judge)
