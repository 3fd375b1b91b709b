"""From counts to measurements: what the judges of the load share. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from golive.api import Fact, Measurement, Outcome, Reason
from golive.measuring import goal_measurement
from golive.objectives import Goal
from golive.stats import (
    forced,
    percentile,
    percentile_upper_bound,
    plan_of,
)
from golive_gates.load.parts import Count, InstrumentSeen, LoadSeen, Requests

Params = dict[str, str | int | float]


def outcome_of(n: int, failures: int, missing: int, objective: float, confidence: float) -> Outcome:
    """The sample's outcome; with *missing* requests only what they could not change."""
    return forced(plan_of(n + missing, objective, confidence), n, failures)


def strict_outcome(
    n: int, failures: int, missing: int, left_out: int, objective: float, confidence: float
) -> Outcome:
    """The sample's outcome; proven only if *left_out* requests would not have changed it.

    They say nothing against the service (4xx, 429, trouble of the sender), but a user whose
    request it was had no answer either: none of them may make the difference.
    """
    plain = outcome_of(n, failures, missing, objective, confidence)
    if plain is not Outcome.PROVEN or not left_out:
        return plain
    worst = outcome_of(n + left_out, failures + left_out, missing, objective, confidence)
    return plain if worst is Outcome.PROVEN else Outcome.UNDECIDED


def objective_measurement(n: int, failures: int, goal: Goal, confidence: float) -> Measurement:
    """A ratio in the words of its SLO, named for where it was taken."""
    name = goal.slo_id.replace("-", "_") + "_under_load"
    return goal_measurement(name, n, failures, goal, confidence)


def with_failures(values: Sequence[float], failures: int) -> list[float]:
    """Times with as many ``inf`` as there were failures."""
    return [*values, *[math.inf] * failures]


def time_facts(name: str, values: Sequence[float], confidence: float) -> tuple[Fact, ...]:
    """p50, p95 and p99, and the upper bound of p95; ``None`` without any."""
    if not values:
        return tuple(Fact(f"{name}_p{q}", None, "s") for q in (50, 95, 99))
    return (
        *(Fact(f"{name}_p{q}", percentile(values, q / 100), "s") for q in (50, 95, 99)),
        Fact(f"{name}_p95_bound", percentile_upper_bound(values, 0.95, confidence), "s"),
    )


def counts_text(*groups: Iterable[Count]) -> str:
    """Kinds of failures with their numbers, most frequent first."""
    merged: dict[str, int] = {}
    for group in groups:
        for one in group:
            merged[one.kind] = merged.get(one.kind, 0) + one.count
    ordered = sorted(merged.items(), key=lambda item: -item[1])
    return ", ".join(f"{kind} {count}" for kind, count in ordered) or "-"


def instrument_void(part: InstrumentSeen, threshold: float, share: float) -> Reason | None:
    """Why a time held against *threshold* is void; ``None``: the instrument is fit for it.

    All that the instrument adds by itself has to stay within *share* of the threshold; what it
    could not measure of itself counts as infinite.
    """
    limit = share * threshold
    if part.problem:
        return Reason("instrument-uncalibrated", {"detail": part.problem})
    figures = (
        ("floor", part.floor_p99),
        ("time-stamp error", part.error_p99),
        ("schedule slip", part.slip_p99),
        ("loop lag", part.loop_lag_p99),
    )
    for name, value in figures:
        if not value <= limit:
            params: Params = {"figure": name, "value": value, "limit": limit}
            params |= {"held_back": part.held_back}
            return Reason("instrument-too-slow", params)
    return None


def load_facts(part: LoadSeen) -> tuple[Fact, ...]:
    """What was sent, and how true the instrument was."""
    seen = part.instrument
    return (
        Fact("streams_per_second", part.streams_per_second, "1/s"),
        Fact("api_per_second", part.api_per_second, "1/s"),
        Fact("load_seconds", part.duration, "s"),
        Fact("warmup_requests", part.warmed),
        Fact("warmup_failures", part.warm_failures),
        Fact("resent", part.resent),
        Fact("goodput", part.goodput, "1/s"),
        Fact("in_flight", part.in_flight),
        Fact("slip_p99", _finite(seen.slip_p99), "s"),
        Fact("stamp_error_p99", _finite(seen.error_p99), "s"),
        Fact("instrument_floor_p99", _finite(seen.floor_p99), "s"),
        Fact("kernel_stamps", "yes" if seen.kernel_stamps else "no"),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def total(kinds: Iterable[Requests], name: str) -> int:
    """One count over several kinds of requests."""
    return sum(getattr(r, name) for r in kinds)
