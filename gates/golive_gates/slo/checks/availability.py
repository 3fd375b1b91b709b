"""``slo.availability``: the service was available over its window, as its own history shows.

What: the SLO's indicator over its whole window from Prometheus, with a bound that knows that
failures come in clusters and takes time without samples as failed. Why: half a minute of probes
says nothing about thirty days; a service that is down is not scraped; and a query that answers
NaN, nothing or several series is not 100 %.
Remedy: the reason names what the history lacks: a selector, coverage, days, or traffic.
"""

from __future__ import annotations

from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Measurement,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.objectives import AVAILABILITY, Goal, goal_of
from golive.stats import effective_n, lower_bound, n_still_needed, required_n, upper_bound
from golive_gates.slo.parts import Definitions, History
from golive_gates.slo.settings import Settings
from golive_gates.slo.window import (
    DAY,
    HOUR,
    bad_and_total,
    coverage_of,
    effective,
    gaps,
    missing,
    ratio_of,
    thin,
    trouble,
    weighed,
)

SPEC = CheckSpec("slo.availability")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Only a covered window with one finite number is judged."""
    goal = goal_of(observation.require(Definitions).slo(AVAILABILITY), AVAILABILITY)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    found = observation.find(History)
    if isinstance(found, Unavailable) and missing(found):
        needed = required_n(goal.success, 0, settings.confidence)
        params = {"needed": needed, "days": goal.window / DAY, "objective": goal.success}
        code = "probe-only" if found.reason.code.startswith("core.") else "probe-only-indicator"
        return SPEC.inconclusive(Reason(code, params))
    part = observation.require(History)
    facts = _facts(part, settings)
    why = trouble(part) or thin(part, settings)
    if why is not None:
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    measurement = measure(part, goal, settings)
    params = {
        "value": measurement.value,
        "objective": goal.success,
        "confidence": settings.confidence,
        "days": part.window / DAY,
        "coverage": coverage_of(part).share,
        "bound": measurement.value if measurement.bound is None else measurement.bound,
        "n": measurement.n or 0,
        "failures": measurement.failures or 0,
        "needed": measurement.n_needed or 0,
        "n_effective": measurement.n_effective or 0.0,
    }
    suffix = "-raw" if part.kind == "raw" else "-slices" if part.kind == "slices" else ""
    if measurement.outcome is Outcome.PROVEN and not weighed(part):
        # Nothing says of how many requests it is the ratio; `vector(1)` would be one, too, and
        # no less when it is cut into slices. A `value` is what its slices are: they are counted.
        return SPEC.warned(Reason("unweighed", params), evidence=part.evidence, facts=facts)
    if measurement.outcome is Outcome.PROVEN:
        return SPEC.passed(
            Reason("proven" + suffix, params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    if measurement.outcome is Outcome.REFUTED:
        return SPEC.failed(
            Reason("refuted" + suffix, params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    hangs = seen_only(part, goal, settings).outcome is not Outcome.UNDECIDED
    if hangs:
        reason = gaps(part, goal.success, params["bound"])
    else:
        reason = _too_few(part, goal, settings) or Reason("undecided", params)
    return SPEC.inconclusive(reason, measurement=measurement, evidence=part.evidence, facts=facts)


def _too_few(part: History, goal: Goal, settings: Settings) -> Reason | None:
    """Why slices never prove the objective: all of them, clean, would be too few."""
    if part.kind != "slices":
        return None
    slices, rho = len(part.slice_total), effective(part, settings)[2]
    assumed = settings.assumed_correlation
    most = max(effective_n(slices, r) for r in (assumed, assumed if rho is None else rho))
    needed = required_n(goal.success, 0, settings.confidence)
    if most >= needed:
        return None
    params: dict[str, str | int | float] = {"slices": slices, "seconds": part.step, "most": most}
    params |= {"needed": needed, "objective": goal.success, "days": part.window / DAY}
    return Reason("too-few-slices", params | {"correlation": assumed})


def measure(part: History, goal: Goal, settings: Settings) -> Measurement:
    """The indicator over its window. *part* must be free of ``trouble``.

    The bounds take the traffic that missing slices would have had, which is the mean of the
    others, as failed on the pessimistic side and as good on the optimistic one.
    """
    seen, missing_share = seen_only(part, goal, settings), coverage_of(part).missing
    covered = 1 - missing_share
    bound = seen.value if seen.bound is None else seen.bound
    opposite = seen.value if seen.opposite is None else seen.opposite
    return replace(seen, bound=bound * covered, opposite=opposite * covered + missing_share)


def seen_only(part: History, goal: Goal, settings: Settings) -> Measurement:
    """The indicator where there are samples, as if the rest of the window were alike."""
    if part.kind == "raw":
        return Measurement("availability", ratio_of(part), "ratio", goal.comparator, goal.success)
    bad, total = bad_and_total(part)
    n, failures, _ = effective(part, settings)
    return Measurement(
        name="availability",
        value=1 - bad / total,
        unit="ratio",
        comparator=goal.comparator,
        threshold=goal.success,
        n=max(1, round(total)),
        failures=round(bad),
        confidence=settings.confidence,
        bound=lower_bound(n, failures, settings.confidence),
        opposite=upper_bound(n, failures, settings.confidence),
        n_needed=n_still_needed(n, failures, goal.success, settings.confidence),
        n_effective=n,
    )


def _facts(part: History, settings: Settings) -> tuple[Fact, ...]:
    seen = coverage_of(part)
    facts = [
        Fact("coverage", seen.share, "ratio"),
        Fact("slices", seen.slices),
        Fact("slice_seconds", part.step, "s"),
        Fact("days_missing", seen.days_missing, "d"),
        Fact("hours_without_samples", seen.missing * seen.slices * part.step / HOUR, "h"),
    ]
    if trouble(part) is not None:
        return tuple(facts)
    if part.kind == "raw":
        facts.append(Fact("availability", ratio_of(part), "ratio"))
    else:
        n, _, rho = effective(part, settings)
        facts += [
            Fact("correlation", rho),
            Fact("n_effective", n),
            Fact("requests_total", part.total.value),
            Fact("requests_bad", part.bad.value if part.bad else None),
        ]
    return tuple(facts)


CHECK = Check(SPEC, (Definitions, History), judge)
