"""``slo.error-budget``: there is budget left to go live with, and it does not burn fast.

What: the budget left over the availability window, and burn rates over 1 h, 6 h and 3 d, each
confirmed by its short window. Why: a release into a spent or burning budget turns the next
small fault into a broken promise; and a burn rate that could not be read is not a low one.
Thresholds: Google's SRE workbook, chapter 5 (see ``burn``).
Remedy: find what burns, or wait until the window has recovered, before going live.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from golive.objectives import AVAILABILITY, Goal, goal_of
from golive.stats import judge_ratio
from golive_gates.slo.burn import (
    RULES,
    Rule,
    budget_left,
    burn_rate,
    name_of,
    quiet,
    unknown,
)
from golive_gates.slo.checks.availability import measure
from golive_gates.slo.parts import Definitions, History, Reading, Short
from golive_gates.slo.settings import Settings
from golive_gates.slo.window import (
    DAY,
    HOUR,
    coverage_of,
    gaps,
    missing,
    ratio_of,
    thin,
    trouble,
    weighed,
)

SPEC = CheckSpec("slo.error-budget")


@dataclass(frozen=True, slots=True)
class Burn:
    """One rule held against its two windows; a rate is ``None`` without traffic or answer."""

    rule: Rule
    rate: float | None
    confirmed: float | None
    sure: bool

    @property
    def high(self) -> bool:
        """The long window burns at the limit or faster."""
        return self.rate is not None and self.rate >= self.rule.limit

    @property
    def over(self) -> bool:
        """Both windows burn at the limit or faster."""
        return self.high and self.confirmed is not None and self.confirmed >= self.rule.limit

    @property
    def unconfirmed(self) -> bool:
        """The long window burns, and the short one cannot say that it is over."""
        return self.high and self.confirmed is None


@dataclass(frozen=True, slots=True)
class Left:
    """Shares of the budget: as seen, and with all missing slices failed or good."""

    seen: float
    worst: float
    best: float


@dataclass(frozen=True, slots=True)
class Look:
    """All that the verdict rests on. ``unread``: windows whose readings say nothing, and why."""

    part: History
    goal: Goal
    settings: Settings
    burns: tuple[Burn, ...]
    shorts: tuple[Short, ...]
    unread: tuple[Finding, ...]
    why: Reason | None
    left: Left | None
    facts: tuple[Fact, ...]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A fast burn fails at once; a spent budget fails unless ``slo.availability`` fails for it."""
    goal = goal_of(observation.require(Definitions).slo(AVAILABILITY), AVAILABILITY)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    found = observation.find(History)
    if isinstance(found, Unavailable) and missing(found):
        return SPEC.inconclusive(Reason("no-history", {"days": goal.window / DAY}))
    look = _look(observation.require(History), goal, settings)
    paging = [b for b in look.burns if b.rule.pages and b.sure and b.over]
    if look.left and measure(look.part, goal, settings).outcome is Outcome.REFUTED:
        return SPEC.inconclusive(
            Reason("spent-by-availability", _params(look, paging[0] if paging else None)),
            evidence=look.part.evidence,
            facts=look.facts,
            blocked_by="slo.availability",
        )
    if paging:
        return SPEC.failed(
            Reason("burning", _params(look, paging[0])),
            evidence=look.part.evidence,
            facts=look.facts,
            findings=tuple(_finding(b) for b in paging),
        )
    if look.left is not None and look.left.best <= 0:
        return SPEC.failed(
            Reason("spent", _params(look)),
            measurement=_measurement(look.left),
            evidence=look.part.evidence,
            facts=look.facts,
        )
    return _open(look) or _holding(look)


def _open(look: Look) -> CheckResult | None:
    """What keeps the budget from being judged, or ``None``."""
    unconfirmed = [b for b in look.burns if b.rule.pages and b.sure and b.unconfirmed]
    findings = look.unread
    if look.why is not None or look.left is None:
        why = look.why or Reason("no-history", {"days": look.part.window / DAY})
    elif unconfirmed:
        why = Reason("burning-unconfirmed", _params(look, unconfirmed[0]))
        findings = (*(_finding(b) for b in unconfirmed), *findings)
    elif findings:
        names = ", ".join(f.subject for f in findings)
        count = {"unknown": len(findings), "windows": len(look.shorts)}
        why = Reason("burn-unknown", {**count, "names": names})
    elif look.left.worst <= 0:
        bound = measure(look.part, look.goal, look.settings).bound or 0.0
        why = gaps(look.part, look.goal.success, bound)
    else:
        return None
    return SPEC.inconclusive(why, evidence=look.part.evidence, facts=look.facts, findings=findings)


def _holding(look: Look) -> CheckResult:
    """There is budget left and nothing burns fast, all of it known."""
    assert look.left is not None  # noqa: S101 - ``_open`` has returned for it
    slow = [b for b in look.burns if b.over or b.unconfirmed]
    still = sum(quiet(s) for s in look.shorts)
    params = _params(look, slow[0] if slow else None)
    params |= {"quiet": still, "windows": len(look.shorts)}
    if slow:
        code = "burning-slowly"
    elif look.left.seen < look.settings.budget_low:
        code = "low"
    elif look.left.worst < look.settings.budget_low:
        code = "low-with-gaps"
    elif not weighed(look.part):
        code = "unweighed"
    elif look.shorts and still == len(look.shorts):
        code = "quiet"
    else:
        return SPEC.passed(
            Reason("left-quiet" if still else "left", params),
            measurement=_measurement(look.left),
            evidence=look.part.evidence,
            facts=look.facts,
        )
    return SPEC.warned(
        Reason(code, params),
        # A ratio of unknown weight is no measurement that proves anything.
        measurement=_measurement(look.left) if weighed(look.part) else None,
        evidence=look.part.evidence,
        facts=look.facts,
        findings=tuple(_finding(b) for b in slow),
    )


def _look(part: History, goal: Goal, settings: Settings) -> Look:
    rules = [r for r in RULES if r.long < part.window]  # else the main window itself says more
    by_seconds = {s.seconds: s for s in part.short}
    raw = part.kind == "raw"
    shorts, unread = [], []
    for seconds in sorted({w for r in rules for w in (r.long, r.short)}):
        short = by_seconds.get(seconds) or Short(seconds, _NOTHING, _NOTHING)
        shorts.append(short)
        reason = unknown(short, raw=raw)
        if reason is not None:
            unread.append(Finding(name_of(seconds), reason))
    unread += [f for r in rules if (f := _nested(by_seconds.get(r.long), by_seconds.get(r.short)))]
    burns = tuple(_burn(r, by_seconds, goal, settings, raw=raw) for r in rules)
    why = trouble(part) or thin(part, settings)
    left = _left(part, goal) if why is None else None
    facts = (
        Fact("budget_left", None if left is None else left.seen, "ratio"),
        *(Fact(f"burn_{b.rule.name}", b.rate, "x") for b in burns),
        Fact("coverage", coverage_of(part).share, "ratio"),
    )
    return Look(part, goal, settings, burns, tuple(shorts), tuple(unread), why, left, facts)


def _nested(long: Short | None, short: Short | None) -> Finding | None:
    """A window without traffic cannot hold one that has some."""
    if not long or not short or not quiet(long) or unknown(short) or quiet(short):
        return None
    bad, total = short.bad.value or 0.0, short.total.value or 0.0
    params = {"good": total - bad, "bad": bad, "total": 0.0}
    return Finding(name_of(long.seconds), Reason("contradictory", params))


_NOTHING = Reading("", None, "prom-empty")


def _left(part: History, goal: Goal) -> Left:
    bad, hole = 1 - ratio_of(part), coverage_of(part).missing
    failed = (bad, bad * (1 - hole) + hole, bad * (1 - hole))
    return Left(*(budget_left(1.0, share, goal.success) for share in failed))


def _measurement(left: Left) -> Measurement:
    name, over = "error_budget_left", Comparator.GT
    if left.worst == left.best:
        return Measurement(name, left.seen, "ratio", over, 0.0)
    return Measurement(name, left.seen, "ratio", over, 0.0, bound=left.worst, opposite=left.best)


def _burn(
    rule: Rule, by_seconds: Mapping[float, Short], goal: Goal, settings: Settings, *, raw: bool
) -> Burn:
    long, short = by_seconds.get(rule.long), by_seconds.get(rule.short)
    rate = burn_rate(long, goal.success, raw=raw)
    sure = raw or _sure(long, 1 - rule.limit * (1 - goal.success), settings)
    return Burn(rule, rate, burn_rate(short, goal.success, raw=raw), sure)


def _sure(short: Short | None, objective: float, settings: Settings) -> bool:
    """Whether so few requests can carry it: one failure of ten is a rate, but no evidence."""
    if short is None or unknown(short) is not None or not short.total.value:
        return False
    if not 0 < objective < 1:
        return True
    total = short.total.value
    bad = min(max(short.bad.value or 0.0, 0.0), total)
    return judge_ratio(total, bad, objective, settings.confidence) is Outcome.REFUTED


def _finding(burn: Burn) -> Finding:
    params: dict[str, str | int | float] = {
        "window": burn.rule.name,
        "rate": burn.rate or 0.0,
        "limit": burn.rule.limit,
    }
    return Finding(burn.rule.name, Reason("burn", params))


def _params(look: Look, burn: Burn | None = None) -> dict[str, str | int | float]:
    coverage = coverage_of(look.part)
    return {
        "left": look.left.seen if look.left else 0.0,
        "worst": look.left.worst if look.left else 0.0,
        "hours": round(coverage.missing * coverage.slices * look.part.step / HOUR, 3),
        "days": look.part.window / DAY,
        "window": burn.rule.name if burn else "",
        "short": name_of(burn.rule.short) if burn else "",
        "rate": (burn.rate or 0.0) if burn else 0.0,
        "limit": burn.rule.limit if burn else 0.0,
    }


CHECK = Check(SPEC, (Definitions, History), judge)
