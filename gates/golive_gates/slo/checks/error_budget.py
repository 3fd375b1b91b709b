"""``slo.error-budget``: there is budget left to go live with, and it does not burn fast.

What: the budget left over the availability window, and burn rates over 1 h, 6 h and 3 d, each
confirmed by its short window. Why: a release into a spent or burning budget turns the next
small fault into a broken promise. Thresholds: Google's SRE workbook, chapter 5 (see ``burn``).
Remedy: find what burns, or wait until the window has recovered, before going live.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.stats import judge_ratio
from golive_gates.slo.burn import RULES, SHORT_WINDOWS, Rule, budget_left, burn_rate
from golive_gates.slo.checks.availability import measure
from golive_gates.slo.objectives import AVAILABILITY, Goal, goal_of
from golive_gates.slo.parts import Definitions, History, Short
from golive_gates.slo.settings import Settings
from golive_gates.slo.window import DAY, bad_and_total, coverage_of, missing, thin, trouble

SPEC = CheckSpec("slo.error-budget")


@dataclass(frozen=True, slots=True)
class Burn:
    """One rule held against its two windows; rates are ``None`` where there was no traffic."""

    rule: Rule
    rate: float | None
    confirmed: float | None
    limit: float
    sure: bool

    @property
    def over(self) -> bool:
        """Both windows burn at the limit or faster."""
        return (
            self.rate is not None
            and self.confirmed is not None
            and self.rate >= self.limit
            and self.confirmed >= self.limit
        )


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A fast burn fails at once; a spent budget fails unless ``slo.availability`` fails for it."""
    goal = goal_of(observation.require(Definitions).slo(AVAILABILITY), AVAILABILITY)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    found = observation.find(History)
    if isinstance(found, Unavailable) and missing(found):
        return SPEC.inconclusive(Reason("no-history", {"days": goal.window / DAY}))
    part = observation.require(History)
    burns = _burns(part, goal, settings)
    why = trouble(part) or thin(part, settings)
    left = None if why or part.kind == "raw" else _left(part, goal)
    if part.kind == "raw" and why is None:
        left = budget_left(1.0, 1 - (part.total.value or 0.0), goal.success)
    facts = _facts(part, goal, burns, left)
    paging = [b for b in burns if b.over and b.rule.pages and b.sure]
    if why is None and measure(part, goal, settings).outcome is Outcome.REFUTED:
        params = _params(left or 0.0, part, paging[0] if paging else None)
        return SPEC.inconclusive(
            Reason("spent-by-availability", params),
            evidence=part.evidence,
            facts=facts,
            blocked_by="slo.availability",
        )
    if paging:
        return SPEC.failed(
            Reason("burning", _params(left or 0.0, part, paging[0])),
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(b) for b in paging),
        )
    if why is not None or left is None:
        return SPEC.inconclusive(
            why or Reason("no-history", {"days": part.window / DAY}),
            evidence=part.evidence,
            facts=facts,
        )
    return _verdict(part, left, burns, settings, facts)


def _verdict(
    part: History,
    left: float,
    burns: tuple[Burn, ...],
    settings: Settings,
    facts: tuple[Fact, ...],
) -> CheckResult:
    measurement = Measurement("error_budget_left", left, "ratio", Comparator.GT, 0.0)
    slow = [b for b in burns if b.over]
    if left <= 0:
        return SPEC.failed(
            Reason("spent", _params(left, part, None)),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    if slow:
        return SPEC.warned(
            Reason("burning-slowly", _params(left, part, slow[0])),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(b) for b in slow),
        )
    if left < settings.budget_low:
        return SPEC.warned(
            Reason("low", _params(left, part, None)),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    unknown = sum(b.rate is None for b in burns)
    params = _params(left, part, None) | {"unknown": unknown, "windows": len(burns)}
    return SPEC.passed(
        Reason("left-burn-unknown" if unknown else "left", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


def _left(part: History, goal: Goal) -> float:
    bad, total = bad_and_total(part)
    return budget_left(total, bad, goal.success)


def _burns(part: History, goal: Goal, settings: Settings) -> tuple[Burn, ...]:
    by_seconds = {s.seconds: s for s in part.short}
    found = []
    for rule in RULES:
        if rule.long >= part.window:
            continue  # the main window itself says more
        long, short = by_seconds.get(rule.long), by_seconds.get(rule.short)
        limit = rule.limit
        found.append(
            Burn(
                rule,
                burn_rate(long, goal.success),
                burn_rate(short, goal.success),
                limit,
                _sure(long, 1 - limit * (1 - goal.success), settings),
            )
        )
    return tuple(found)


def _sure(short: Short | None, objective: float, settings: Settings) -> bool:
    """Whether so few requests can carry it: one failure of ten is a rate, but no evidence."""
    if short is None or short.bad.value is None or not short.total.value:
        return False
    if not 0 < objective < 1:
        return True
    total = short.total.value
    bad = min(max(short.bad.value, 0.0), total)
    return judge_ratio(total, bad, objective, settings.confidence) is Outcome.REFUTED


def _finding(burn: Burn) -> Finding:
    params: dict[str, str | int | float] = {
        "window": burn.rule.name,
        "rate": burn.rate or 0.0,
        "limit": burn.limit,
    }
    return Finding(burn.rule.name, Reason("burn", params))


def _params(left: float, part: History, burn: Burn | None) -> dict[str, str | int | float]:
    return {
        "left": left,
        "days": part.window / DAY,
        "window": burn.rule.name if burn else "",
        "rate": (burn.rate or 0.0) if burn else 0.0,
        "limit": burn.limit if burn else 0.0,
    }


def _facts(
    part: History, goal: Goal, burns: tuple[Burn, ...], left: float | None
) -> tuple[Fact, ...]:
    names = {b.rule.long: f"burn_{b.rule.name}" for b in burns}
    by_seconds = {s.seconds: s for s in part.short}
    rates = [
        Fact(names[w], burn_rate(by_seconds.get(w), goal.success), "x")
        for w in SHORT_WINDOWS
        if w in names
    ]
    return (
        Fact("budget_left", left, "ratio"),
        *rates,
        Fact("coverage", coverage_of(part).share, "ratio"),
    )


CHECK = Check(SPEC, (Definitions, History), judge)
