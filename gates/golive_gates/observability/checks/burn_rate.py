"""``observability.burn-rate``: a budget that burns fast or slowly is told of in time.

What: the alerts of the release, followed to the error share of each SLO that can be measured, at
20 times and at twice what its budget allows. Why: an alert at one threshold over one window is
either late in an outage or deaf to a slow leak, and the budget is gone before anybody knows.
Remedy: `golive alerts generate` writes rules for both. Source: Google SRE workbook, chapter 5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
    Unavailable,
)
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive_gates.observability.burn.comparing import Timing, Watch, timing, watching
from golive_gates.observability.burn.parts import Objectives
from golive_gates.observability.burn.slis import NoSli, Sli
from golive_gates.observability.looking import finding, read_check_of, rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.burn-rate", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
FAST, SLOW = 20.0, 2.0
"""Burn rates, in what the budget allows."""
FAST_MOST, SLOW_MOST = 0.10, 0.15
"""Shares of the budget that may be burnt when somebody is told."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each SLO that can be measured."""
    part, objectives = observation.require(Alerting), observation.find(Objectives)
    if isinstance(objectives, Unavailable):
        if objectives.kind == "absent":
            return SPEC.not_applicable(objectives.reason)
        objectives = observation.require(Objectives)
    rules = rules_of(part).rules
    found: list[Finding] = []
    for sli in objectives.slis:
        watches = watching(sli, rules, settings.severities)
        problems = list(_problems(sli, watches))
        named = [r for r in rules if r.kind == "alert" and r.labels.get("slo") == sli.slo]
        found += list(_unfollowed(sli, named)) if problems and named and not watches else problems
    found += [_open(one) for one in objectives.without if one.open]
    seen = Inspection(
        len(objectives.slis),
        tuple(found),
        len(part.problems),
        read_check_of(part),
        (*part.evidence, *objectives.evidence),
    )
    return concluded(SPEC, seen)


def _problems(sli: Sli, watches: Sequence[Watch]) -> Iterator[Finding]:
    fast = timing(sli, [w for w in watches if w.pages], _share(sli, FAST))
    slow = timing(sli, watches, _share(sli, SLOW))
    for name, one, most in (("fast", fast, FAST_MOST), ("slow", slow, SLOW_MOST)):
        if one.burnt > most:
            yield _late(sli, name, one, watches)


def _share(sli: Sli, burn: float) -> float:
    return min(1.0, round(burn * sli.budget, 9))


def _late(sli: Sli, name: str, one: Timing, watches: Sequence[Watch]) -> Finding:
    params: dict[str, Scalar] = {"slo": sli.slo, "share": round(one.share * 100, 4)}
    if math.isinf(one.detect):
        return Finding(sli.slo, Reason(f"no-{name}", params), None, Status.WARN)
    rule = next((w.rule for w in watches if w.name == one.alert and w.rule), None)
    more: dict[str, Scalar] = {
        "alert": one.alert,
        "minutes": round(one.detect / 60, 1),
        "burnt": round(one.burnt * 100, 2),
    }
    where = None if rule is None else rule.place.at("expr")
    return Finding(sli.slo, Reason(f"late-{name}", {**params, **more}), where, Status.WARN)


def _unfollowed(sli: Sli, named: Sequence[Rule]) -> Iterator[Finding]:
    for rule in named:
        yield finding(
            rule.place,
            sli.slo,
            "unfollowed",
            below=("expr",),
            status=Status.INCONCLUSIVE,
            alert=rule.name,
            slo=sli.slo,
        )


def _open(one: NoSli) -> Finding:
    """An indicator that golive cannot follow leaves open what watches it."""
    reason = Reason(one.code, {"slo": one.slo, "detail": one.detail})
    return Finding(one.slo, reason, None, Status.INCONCLUSIVE)


CHECK = Check(SPEC, (Alerting, Objectives), judge)
