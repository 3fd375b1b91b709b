"""Acceptance plans, curtailed sampling and verdicts, by exact enumeration."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from golive.stats import (
    Curtailed,
    Outcome,
    Plan,
    PlanTooLargeError,
    decide,
    forced,
    judge_percentile,
    judge_ratio,
    lower_bound,
    n_still_needed,
    percentile_lower_bound,
    percentile_upper_bound,
    plan_for,
    plan_of,
    required_n,
    upper_bound,
)

PLANS = (
    plan_of(59, 0.95),
    plan_of(93, 0.95),
    plan_of(299, 0.99),
    plan_of(473, 0.99),
    plan_of(300, 0.9, 0.99),
    plan_of(40, 0.5),
    plan_of(20, 0.95),  # too small to prove anything
)


@pytest.mark.parametrize(
    ("objective", "table"),
    [
        (0.95, {0: 59, 1: 93, 2: 124, 3: 153, 5: 208}),
        (0.99, {0: 299, 1: 473, 2: 628, 3: 773, 5: 1_049}),
        (0.999, {0: 2_995, 1: 4_742, 2: 6_294, 3: 7_752, 5: 10_511}),
        (0.9999, {0: 29_956}),
    ],
)
def test_probes_needed(objective: float, table: dict[int, int]) -> None:
    for failures, n in table.items():
        assert required_n(objective, failures) == n
        assert lower_bound(n, failures) >= objective
        assert lower_bound(n - 1, failures) < objective


@given(st.floats(0.3, 0.9999), st.integers(0, 40), st.sampled_from([0.8, 0.95, 0.999]))
def test_required_n_is_the_smallest(objective: float, failures: int, confidence: float) -> None:
    n = required_n(objective, failures, confidence)
    assert judge_ratio(n, failures, objective, confidence) is Outcome.PROVEN
    assert judge_ratio(n - 1, min(failures, n - 1), objective, confidence) is not Outcome.PROVEN
    assert required_n(objective, failures + 1, confidence) > n


@pytest.mark.parametrize(("n", "accept", "power"), [(299, 0, 0.74), (473, 1, 0.92), (628, 2, 0.97)])
def test_power_of_the_known_plans(n: int, accept: int, power: float) -> None:
    plan = plan_of(n, 0.99)
    assert plan.accept == accept
    assert plan.power(0.999) == pytest.approx(power, abs=0.005)
    assert plan.power(0.999) == pytest.approx(binom.cdf(accept, n, 0.001), rel=1e-9)


def test_plan_for_takes_the_smallest_with_enough_power() -> None:
    assert (plan_for(0.99).n, plan_for(0.99).accept) == (473, 1)
    assert (plan_for(0.99, power=0.95).n, plan_for(0.99, power=0.95).accept) == (628, 2)
    assert plan_for(0.99, power=0.7).n == 299
    assert plan_for(0.95, assumed=1.0).n == 59
    hard = plan_for(0.5, assumed=0.54)  # several hundred failures allowed: the bisected part
    assert hard.accept > 256
    assert hard.power(0.54) >= 0.9
    assert plan_of(required_n(0.5, hard.accept - 1), 0.5).power(0.54) < 0.9


@given(st.floats(0.5, 0.999), st.floats(0.5, 0.95))
def test_plan_for_reaches_its_power(objective: float, power: float) -> None:
    plan = plan_for(objective, power=power)
    truth = 1 - (1 - objective) / 10
    assert plan.power(truth) >= power
    assert plan.accept == 0 or (
        plan_of(required_n(objective, plan.accept - 1), objective).power(truth) < power
    )


def test_a_plan_that_does_not_fit_says_so() -> None:
    with pytest.raises(PlanTooLargeError, match="more than 1000 samples"):
        plan_for(0.999, max_n=1_000)
    with pytest.raises(ValueError, match="must lie above"):
        plan_for(0.99, assumed=0.99)
    with pytest.raises(ValueError, match="power must lie"):
        plan_for(0.99, power=1.0)


@given(st.integers(0, 2_000), st.floats(0.2, 0.999), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_plan_limits_are_exact(n: int, objective: float, confidence: float) -> None:
    plan = plan_of(n, objective, confidence)
    alpha = 1 - confidence
    assert binom.cdf(plan.accept, n, 1 - objective) <= alpha * (1 + 1e-9)
    assert binom.sf(plan.reject - 1, n, 1 - objective) <= alpha * (1 + 1e-9)
    if plan.accept + 1 < n:
        assert binom.cdf(plan.accept + 1, n, 1 - objective) > alpha * (1 - 1e-9)
    if plan.reject > 0:
        assert binom.sf(plan.reject - 2, n, 1 - objective) > alpha * (1 - 1e-9)
    assert plan.power(objective) <= alpha
    assert plan.refute_power(objective) <= alpha


def test_plans_that_claim_too_much_are_refused() -> None:
    with pytest.raises(ValueError, match="do not prove"):
        Plan(298, 0, 9, 0.99)
    with pytest.raises(ValueError, match="do not refute"):
        Plan(299, 0, 6, 0.99)
    with pytest.raises(ValueError, match="a plan needs"):
        Plan(299, 8, 8, 0.99)
    with pytest.raises(ValueError, match="a plan needs"):
        Plan(10, -1, 12, 0.99)
    assert plan_of(0, 0.99) == Plan(0, -1, 1, 0.99)


@pytest.mark.parametrize("objective", [1.0, 0.0, -0.5, 1.1, 99.0, math.nan])
def test_objectives_that_cannot_be_proven_are_refused(objective: float) -> None:
    message = "cannot be proven" if objective == 1 else "ratio between 0 and 1"
    for call in (
        lambda: required_n(objective),
        lambda: plan_for(objective),
        lambda: plan_of(10, objective),
        lambda: judge_ratio(10, 0, objective),
        lambda: n_still_needed(10, 0, objective),
        lambda: Plan(10, -1, 11, objective),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def _curtailed_probabilities(plan: Plan, truth: float) -> dict[Outcome, float]:
    """Probability of each decision when sampling stops as soon as ``decide`` answers."""
    ended = dict.fromkeys(Outcome, 0.0)
    alive = {0: 1.0}
    for done in range(plan.n + 1):
        following: dict[int, float] = {}
        for failures, weight in alive.items():
            outcome = decide(plan, done, failures)
            if outcome is not None:
                ended[outcome] += weight
                continue
            following[failures] = following.get(failures, 0.0) + weight * truth
            following[failures + 1] = following.get(failures + 1, 0.0) + weight * (1 - truth)
        alive = following
    assert not alive, "every path is decided by the end of the plan"
    return ended


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_stopping_early_inflates_no_error(plan: Plan) -> None:
    at_objective = _curtailed_probabilities(plan, plan.objective)
    alpha = 1 - plan.confidence
    assert at_objective[Outcome.PROVEN] <= alpha
    assert at_objective[Outcome.REFUTED] <= alpha
    for truth in (plan.objective, 0.5, 0.9, 0.97, 0.999):
        curtailed = _curtailed_probabilities(plan, truth)
        assert curtailed[Outcome.PROVEN] == pytest.approx(
            binom.cdf(plan.accept, plan.n, 1 - truth), rel=1e-9, abs=1e-15
        )
        assert curtailed[Outcome.REFUTED] == pytest.approx(
            binom.sf(plan.reject - 1, plan.n, 1 - truth), rel=1e-9, abs=1e-15
        )


def test_peeking_with_the_fixed_test_would_lie() -> None:
    """The trap that curtailment avoids: testing anew every 50 probes at a true 99.0 %."""
    source, runs = random.Random(20240501), 600  # noqa: S311 - a reproducible simulation
    proving = [plan_of(n, 0.99).accept for n in range(50, 3_001, 50)]
    fooled = 0
    for _ in range(runs):
        failures = 0
        for accept in proving:
            failures += sum(source.random() >= 0.99 for _ in range(50))
            if failures <= accept:
                fooled += 1
                break
    assert fooled / runs > 0.10  # nominal 0.05, about 0.15 in truth


def test_decisions_come_as_soon_as_they_are_certain_and_never_sooner() -> None:
    plan = plan_of(12, 0.5, 0.9)
    for done in range(plan.n + 1):
        for failures in range(done + 1):
            finals = {decide(plan, plan.n, failures + more) for more in range(plan.n - done + 1)}
            certain = finals.pop() if len(finals) == 1 else None
            assert decide(plan, done, failures) is certain
            assert forced(plan, done, failures) is (certain or Outcome.UNDECIDED)


@given(st.integers(0, 60), st.floats(0.3, 0.97), st.data())
def test_the_full_sample_agrees_with_the_fixed_judgement(
    n: int, objective: float, data: st.DataObject
) -> None:
    plan = plan_of(n, objective)
    failures = data.draw(st.integers(0, n))
    assert decide(plan, n, failures) is judge_ratio(n, failures, objective)


def test_the_counter_follows_decide() -> None:
    counter = Curtailed(plan_of(59, 0.95))
    for _ in range(58):
        assert counter.add(success=True) is None
    assert counter.forced() is Outcome.UNDECIDED
    assert counter.add(success=True) is Outcome.PROVEN
    assert counter.forced() is Outcome.PROVEN
    with pytest.raises(ValueError, match="only 59"):
        counter.add(success=True)
    failing = Curtailed(plan_of(59, 0.95))
    for _ in range(failing.plan.reject - 1):
        assert failing.add(success=False) is None
    assert failing.add(success=False) is Outcome.REFUTED


@pytest.mark.parametrize(("done", "failures"), [(-1, 0), (3, 4), (300, 0), (5, -1)])
def test_impossible_counts_are_rejected(done: int, failures: int) -> None:
    with pytest.raises(ValueError, match="failures <= done"):
        decide(plan_of(299, 0.99), done, failures)


@given(st.integers(1, 3_000), st.floats(0.2, 0.999), st.data())
def test_verdicts_agree_with_the_bounds(n: int, objective: float, data: st.DataObject) -> None:
    failures = data.draw(st.integers(0, n))
    low, high = lower_bound(n, failures), upper_bound(n, failures)
    outcome = judge_ratio(n, failures, objective)
    if abs(low - objective) > 1e-12:
        assert (outcome is Outcome.PROVEN) == (low > objective)
    if abs(high - objective) > 1e-12:
        assert (outcome is Outcome.REFUTED) == (high < objective)


def test_no_sample_is_undecided_and_nan_is_rejected() -> None:
    assert judge_ratio(0, 0, 0.5) is Outcome.UNDECIDED
    assert judge_percentile([], 0.95, 2.0) is Outcome.UNDECIDED
    for n, failures in ((math.nan, 0), (10, math.nan), (3, 4)):
        with pytest.raises(ValueError, match="0 <= failures <= n"):
            judge_ratio(n, failures, 0.9)
    with pytest.raises(ValueError, match="NaN"):
        judge_percentile([1.0, math.nan], 0.95, 2.0)
    with pytest.raises(ValueError, match="NaN"):
        judge_percentile([1.0], 0.95, math.nan)
    with pytest.raises(ValueError, match="failures must be finite"):
        required_n(0.9, math.nan)
    with pytest.raises(ValueError, match="confidence must lie"):
        judge_ratio(10, 0, 0.9, 0.3)


def test_samples_still_needed() -> None:
    assert n_still_needed(0, 0, 0.99) == 299
    assert n_still_needed(100, 0, 0.999) == 2_895
    assert n_still_needed(299, 0, 0.99) == 0
    assert n_still_needed(299, 1, 0.99) == 174
    assert n_still_needed(298.5, 0, 0.99) == 1
    assert n_still_needed(10_000, 0, 0.99) == 0


@given(
    st.lists(st.floats(0, 10) | st.just(math.inf), max_size=250),
    st.sampled_from([0.5, 0.9, 0.95]),
    st.floats(0, 10),
)
def test_percentile_verdict_is_the_ratio_verdict(
    values: list[float], q: float, threshold: float
) -> None:
    outcome = judge_percentile(values, q, threshold)
    assert (outcome is Outcome.PROVEN) == (percentile_upper_bound(values, q) <= threshold)
    assert (outcome is Outcome.REFUTED) == (percentile_lower_bound(values, q) > threshold)
