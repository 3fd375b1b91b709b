"""Three-way verdicts on a success ratio, acceptance plans and curtailed sampling.

With ``alpha = 1 - confidence`` and X the number of failures among n:

- PROVEN: ``P(X <= failures | success ratio = objective) <= alpha``, the same as "the lower
  Clopper-Pearson bound is not below the objective";
- REFUTED: ``P(X >= failures | success ratio = objective) <= alpha``;
- UNDECIDED: neither.

Strictness: the error probability is bounded *at* the objective, hence on both sides of it,
so PROVEN proves ``> objective`` and with it ``>= objective``, and REFUTED refutes both. One
rule serves strict and non-strict objectives; no sample can tell the two apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from golive.stats.binomial import binomial_cdf, binomial_sf, check_confidence, check_sample


class Outcome(StrEnum):
    """What a sample says of a claim."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class PlanTooLargeError(ValueError):
    """No plan within the allowed n reaches the wanted power."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A fixed sample of *n*: at most *accept* failures prove, at least *reject* refute.

    ``accept`` is -1 when no result of *n* could prove the claim; ``reject`` is ``n + 1``
    when none could refute it. ``ValueError`` if the numbers claim more than *confidence*.
    """

    n: int
    accept: int
    reject: int
    objective: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        check_objective(self.objective)
        check_confidence(self.confidence)
        if self.n < 0 or not -1 <= self.accept < self.reject <= self.n + 1:
            msg = (
                f"a plan needs -1 <= accept < reject <= n + 1, got n={self.n}, "
                f"accept={self.accept}, reject={self.reject}"
            )
            raise ValueError(msg)
        if self.accept >= 0 and not _proves(self.n, self.accept, self.objective, self.confidence):
            msg = f"{self.accept} failures of {self.n} do not prove the objective"
            raise ValueError(msg)
        if self.reject <= self.n and not _refutes(
            self.n, self.reject, self.objective, self.confidence
        ):
            msg = f"{self.reject} failures of {self.n} do not refute the objective"
            raise ValueError(msg)

    def power(self, true_ratio: float) -> float:
        """Probability that the plan proves its claim if the truth is *true_ratio*."""
        return binomial_cdf(self.accept, self.n, 1 - true_ratio)

    def refute_power(self, true_ratio: float) -> float:
        """Probability that the plan refutes its claim if the truth is *true_ratio*."""
        return binomial_sf(self.reject - 1, self.n, 1 - true_ratio)


@dataclass(slots=True)
class Curtailed:
    """Counts results as they come in, in any order, and says when the plan is decided."""

    plan: Plan
    done: int = 0
    failures: int = 0

    def add(self, *, success: bool) -> Outcome | None:
        """Count one result; see ``decide``. ``ValueError`` beyond the plan's n."""
        if self.done >= self.plan.n:
            msg = f"the plan has only {self.plan.n} samples"
            raise ValueError(msg)
        self.done += 1
        self.failures += not success
        return self.outcome

    @property
    def outcome(self) -> Outcome | None:
        """The certain outcome, or ``None`` while the rest could still change it."""
        return decide(self.plan, self.done, self.failures)

    def forced(self) -> Outcome:
        """The outcome if sampling has to end now."""
        return forced(self.plan, self.done, self.failures)


def decide(plan: Plan, done: int, failures: int) -> Outcome | None:
    """The plan's outcome once it is certain whatever the remaining samples bring.

    Exact: the answer is the one that the full sample of n would give, so stopping at it
    inflates no error probability (testing anew after each batch would).
    """
    if not 0 <= failures <= done <= plan.n:
        msg = f"need 0 <= failures <= done <= {plan.n}, got done={done}, failures={failures}"
        raise ValueError(msg)
    at_most = failures + plan.n - done
    if at_most <= plan.accept:
        return Outcome.PROVEN
    if failures >= plan.reject:
        return Outcome.REFUTED
    if failures > plan.accept and at_most < plan.reject:
        return Outcome.UNDECIDED
    return None


def forced(plan: Plan, done: int, failures: int) -> Outcome:
    """The outcome when sampling must stop early: undecided unless already certain."""
    return decide(plan, done, failures) or Outcome.UNDECIDED


def judge_ratio(n: float, failures: float, objective: float, confidence: float = 0.95) -> Outcome:
    """Judge "success ratio >= objective" on one sample of a size fixed beforehand.

    *n* and *failures* may be fractional (effective n). No sample is undecided.
    """
    check_sample(n, failures)
    check_objective(objective)
    check_confidence(confidence)
    if n == 0:
        return Outcome.UNDECIDED
    if _proves(n, failures, objective, confidence):
        return Outcome.PROVEN
    if _refutes(n, failures, objective, confidence):
        return Outcome.REFUTED
    return Outcome.UNDECIDED


def judge_percentile(
    values: Iterable[float], q: float, threshold: float, confidence: float = 0.95
) -> Outcome:
    """Judge "the q-quantile is <= threshold", i.e. "a ratio of at least q is <= threshold".

    ``+inf`` is a failed request. ``ValueError`` on NaN among the values or as threshold.
    """
    listed = list(values)
    if math.isnan(threshold) or any(map(math.isnan, listed)):
        raise ValueError("NaN is not a measurement")
    return judge_ratio(len(listed), sum(value > threshold for value in listed), q, confidence)


def required_n(objective: float, failures: float = 0, confidence: float = 0.95) -> int:
    """The smallest sample that proves *objective* in spite of *failures* failures."""
    check_objective(objective)
    check_confidence(confidence)
    if not (math.isfinite(failures) and failures >= 0):
        msg = f"failures must be finite and not negative, got {failures}"
        raise ValueError(msg)
    low = math.floor(failures)  # proves nothing: every sample failed, or there is none
    high = max(2 * low, 16)
    while not _proves(high, failures, objective, confidence):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _proves(middle, failures, objective, confidence):
            high = middle
        else:
            low = middle
    return high


def n_still_needed(n: float, failures: float, objective: float, confidence: float = 0.95) -> int:
    """How many further samples, all clean, would prove the objective (0: it is proven)."""
    check_sample(n, failures)
    return max(0, math.ceil(required_n(objective, failures, confidence) - n))


def plan_of(n: int, objective: float, confidence: float = 0.95) -> Plan:
    """The plan of a given sample size: as many failures allowed as the confidence bears."""
    check_objective(objective)
    check_confidence(confidence)
    if n < 0:
        msg = f"n must not be negative, got {n}"
        raise ValueError(msg)
    low, high = -1, n  # accept: the largest count that proves (n failures never do)
    while high - low > 1:
        middle = (low + high) // 2
        if _proves(n, middle, objective, confidence):
            low = middle
        else:
            high = middle
    accept = low
    low, high = accept, n + 1  # reject: the smallest count that refutes
    while high - low > 1:
        middle = (low + high) // 2
        if _refutes(n, middle, objective, confidence):
            high = middle
        else:
            low = middle
    return Plan(n, accept, high, objective, confidence)


def plan_for(
    objective: float,
    confidence: float = 0.95,
    assumed: float | None = None,
    power: float = 0.9,
    max_n: int = 1_000_000,
) -> Plan:
    """The smallest plan that proves *objective* with probability *power* or more.

    *assumed* is the true success ratio that the power is meant for; by default a service
    that uses a tenth of its error budget (objective 0.99: 0.999). Raises
    ``PlanTooLargeError`` when *max_n* samples cannot do it, ``ValueError`` when *assumed*
    is not above the objective.
    """
    check_objective(objective)
    truth = 1 - (1 - objective) / 10 if assumed is None else assumed
    if not objective < truth <= 1:
        msg = f"the assumed ratio {truth} must lie above the objective {objective}"
        raise ValueError(msg)
    if not 0 < power < 1:
        msg = f"power must lie between 0 and 1, got {power}"
        raise ValueError(msg)

    def wide_enough(accept: int) -> bool:
        n = required_n(objective, accept, confidence)
        if n > max_n:
            msg = (
                f"more than {max_n} samples are needed to prove {objective} with a power of "
                f"{power} if the truth is {truth}"
            )
            raise PlanTooLargeError(msg)
        return binomial_cdf(accept, n, 1 - truth) >= power

    # Power rises with the failures allowed, but for the small steps of a discrete
    # distribution: walk while plans are small, then bisect.
    for accept in range(256):
        if wide_enough(accept):
            return plan_of(required_n(objective, accept, confidence), objective, confidence)
    low, high = 255, 512
    while not wide_enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wide_enough(middle) else (middle, high)
    return plan_of(required_n(objective, high, confidence), objective, confidence)


def check_objective(objective: float) -> None:
    """Raise ``ValueError`` unless the objective is a ratio that a sample can prove."""
    if objective == 1:
        raise ValueError("an objective of 100 % cannot be proven by any finite sample")
    if not 0 < objective < 1:
        msg = f"an objective is a ratio between 0 and 1, got {objective}"
        raise ValueError(msg)


def _proves(n: float, failures: float, objective: float, confidence: float) -> bool:
    return binomial_cdf(failures, n, 1 - objective) <= 1 - confidence


def _refutes(n: float, failures: float, objective: float, confidence: float) -> bool:
    return binomial_sf(failures - 1, n, 1 - objective) <= 1 - confidence
