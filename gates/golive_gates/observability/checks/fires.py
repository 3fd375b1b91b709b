"""``observability.fires``: for every signal an alert fires, within its promised time.

What: scenarios shaped like the service (2 % of 5xx, p95 of 5 s, a burst of 401, of 429, failing
providers, aborted streams, a target that is down or gone) are played through the rules with
``promtool test rules``, on the series that the services really expose. Why: a rule that parses
may still select nothing, compare with what is never reached, or wait too long. Remedy: add or
correct the alert that the finding misses; or say in ``gates.observability.signals`` what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.observability.looking import finding
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.parts import Alerting
from golive_gates.observability.scenarios.answering import Answer, Answering
from golive_gates.observability.scenarios.concluding import Found, judged_behaviour
from golive_gates.observability.scenarios.parts import Behaviour
from golive_gates.observability.scenarios.signals import ABSENT, BY_ID, Demand
from golive_gates.observability.scenarios.views import (
    EXPOSITION_CHECK,
    View,
    facts,
    unplayed,
    views,
)
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.fires", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No signal goes unanswered."""
    part = observation.require(Behaviour)
    problem = unplayed(part)
    if problem is not None:
        reason, check = problem
        return SPEC.inconclusive(reason, evidence=part.evidence, blocked_by=check)
    exposed = observation.find(Exposed)
    unseen = exposed.unseen if isinstance(exposed, Exposed) else ()
    reason = Reason("service-unseen")
    open_ = Status.INCONCLUSIVE
    found = [Found(Finding(s, reason, status=open_), EXPOSITION_CHECK) for s in unseen]
    seen = views(observation)
    answering = Answering.of(observation, settings)
    looked = 0
    for demand in part.demands:
        if demand.waived:
            looked += 1
            why = Reason("waived", {"why": demand.waived})
            found.append(Found(Finding(demand.signal, why, status=Status.WARN)))
            continue
        scenarios = _scenarios(seen, demand)
        if all(name in part.invisible for name in scenarios):
            if part.expected.get(demand.signal, True):
                looked += 1
                found.append(_invisible(part, demand, unseen))
            continue
        looked += 1
        found.extend(_answers(answering, seen, demand, scenarios))
    return judged_behaviour(SPEC, observation, looked, found, facts(seen), missing=True)


def _scenarios(seen: Sequence[View], demand: Demand) -> tuple[str, ...]:
    """Those in which the signal has to be answered."""
    names = (p for view in seen for p in view.scenarios.values() if p.signal == demand.signal)
    required = [p.scenario for p in names if demand.signal == ABSENT or not p.variant]
    if not required:
        required = [f"{ABSENT}/down", f"{ABSENT}/gone"] if demand.signal == ABSENT else []
    return tuple(dict.fromkeys(required)) or (demand.signal,)


def _invisible(part: Behaviour, demand: Demand, unseen: Sequence[str]) -> Found:
    roles = BY_ID[demand.signal].roles
    why = next((part.lacking[r] for r in roles if r in part.lacking), "missing")
    params = {"roles": ", ".join(roles), "services": ", ".join(unseen)}
    code = "not-shown-unseen" if unseen else _NOT_SHOWN.get(why, "role-unfit")
    found = Finding(demand.signal, Reason(code, params), status=Status.INCONCLUSIVE)
    return Found(found, EXPOSITION_CHECK if unseen else None)


_NOT_SHOWN = {
    "missing": "not-shown",
    "ambiguous": "role-ambiguous",
    "no-route": "no-route",
}


def _answers(
    answering: Answering, seen: Sequence[View], demand: Demand, scenarios: Sequence[str]
) -> Iterator[Found]:
    reported: set[str] = set()
    for scenario in scenarios:
        general, _, target = scenario.partition(":")
        if target and general in reported:
            continue  # Nothing fires when all targets are: of each alone that is no news.
        by_view = [(view, answering.answer(view, demand, scenario)) for view in seen]
        wrong = [(view, answer) for view, answer in by_view if answer.code]
        if wrong:
            reported.add(scenario)
        alike = len(wrong) == len(by_view) and len({a.code for _, a in wrong}) == 1
        for view, answer in wrong[:1] if alike else wrong:
            weak = general.endswith("/gone") and target and answer.status is None
            status = Status.WARN if weak else answer.status
            subject = scenario if alike or not view.name else f"{scenario} ({view.name})"
            yield Found(_finding(subject, answer, status), answer.blocked_by)


def _finding(subject: str, answer: Answer, status: Status | None) -> Finding:
    if answer.rule is None:
        return Finding(subject, Reason(answer.code, answer.params), status=status)
    made = finding(answer.rule.place, subject, answer.code, below=("expr",), status=status)
    return replace(made, reason=Reason(answer.code, answer.params))


CHECK = Check(SPEC, (Alerting, Exposed, Behaviour), judge)
