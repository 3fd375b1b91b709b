"""Statistics that a verdict may rest on. Pure, standard library only, no I/O.

- ``binomial``: exact distribution and Clopper-Pearson bounds of a success ratio.
- ``plans``: proven / refuted / undecided, acceptance plans, curtailed sampling.
- ``order``: percentiles and their bounds by order statistics.
- ``correlation``: lag-1 autocorrelation and the effective sample size.

A ratio is always the ratio of *successes* in 0..1; ``failures`` counts the rest.
"""

from golive.stats.binomial import (
    beta_quantile,
    binomial_cdf,
    binomial_sf,
    incomplete_beta,
    interval,
    lower_bound,
    upper_bound,
)
from golive.stats.correlation import effective_n, lag1_autocorrelation
from golive.stats.order import (
    percentile,
    percentile_lower_bound,
    percentile_lower_rank,
    percentile_upper_bound,
    percentile_upper_rank,
)
from golive.stats.plans import (
    Curtailed,
    Outcome,
    Plan,
    PlanTooLargeError,
    decide,
    forced,
    judge_percentile,
    judge_ratio,
    n_still_needed,
    plan_for,
    plan_of,
    required_n,
)

__all__ = [
    "Curtailed",
    "Outcome",
    "Plan",
    "PlanTooLargeError",
    "beta_quantile",
    "binomial_cdf",
    "binomial_sf",
    "decide",
    "effective_n",
    "forced",
    "incomplete_beta",
    "interval",
    "judge_percentile",
    "judge_ratio",
    "lag1_autocorrelation",
    "lower_bound",
    "n_still_needed",
    "percentile",
    "percentile_lower_bound",
    "percentile_lower_rank",
    "percentile_upper_bound",
    "percentile_upper_rank",
    "plan_for",
    "plan_of",
    "required_n",
    "upper_bound",
]
