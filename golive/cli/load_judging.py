"""What the records of a run say of a claim. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from golive.cli.load_plan import Aim
from golive.cli.load_summary import Statement
from golive.probe.load import LoadPlan, LoadResult, RequestOutcome, RequestRecord
from golive.rounding import exact
from golive.stats import (
    Outcome,
    effective_n,
    judge_ratio,
    lag1_autocorrelation,
    lower_bound,
    n_still_needed,
    upper_bound,
)

# Not the target's doing, or not known to be: neither proves nor refutes anything of it.
OWN_TROUBLE = frozenset({RequestOutcome.LOCAL, RequestOutcome.UNSENT, RequestOutcome.UNFINISHED})


def statement(
    plan: LoadPlan, result: LoadResult, aim: Aim, *, streams: bool, interrupted: bool
) -> Statement:
    """Judge *aim* on the sample that was planned: what is missing of it never helps.

    It counts against a proof and not for a refutation. A run that was interrupted, or whose
    instrument was too coarse for the threshold, is undecided. The bounds are those of
    independent requests, so the sample is shrunk to as many of these as its measured
    correlation leaves; what holds for all of them and not for those few is undecided.
    """
    judged = result.judged
    n = plan.schedule.count - plan.warmup
    failed = [r for r in judged if not meets(r, aim, streams=streams)]
    charged = sum(r.outcome not in OWN_TROUBLE for r in failed)
    failures = n - len(judged) + len(failed)
    rho = correlation(judged, aim, streams=streams)
    effective = effective_n(n, rho or 0.0)
    part = effective / n
    void = _void(result, aim)
    outcome = Outcome.UNDECIDED
    if void or interrupted:
        pass
    elif _says(Outcome.REFUTED, n, charged, part, aim):
        outcome = Outcome.REFUTED
    elif result.complete and _says(Outcome.PROVEN, n, failures, part, aim):
        outcome = Outcome.PROVEN
    return Statement(
        claim=claim(aim, streams=streams),
        outcome=outcome,
        n=n,
        effective_n=effective,
        correlation=rho,
        failures=failures,
        charged=charged,
        lower_bound=lower_bound(effective, failures * part),
        upper_bound=upper_bound(effective, charged * part),
        needed=math.ceil(n_still_needed(effective, failures * part, aim.objective) / part),
        void=void,
    )


def claim(aim: Aim, *, streams: bool) -> str:
    """The claim as a sentence."""
    share = f"at least {exact(aim.objective, percent=True)}% of requests"
    if aim.threshold is None:
        return f"{share} succeed"
    what = "bring their first content" if streams else "are answered in full"
    return f"{share} {what} within {exact(aim.threshold)} s"


def correlation(judged: Sequence[RequestRecord], aim: Aim | None, *, streams: bool) -> float | None:
    """Lag-1 correlation of meeting *aim* (``None``: of success), in the order of sending."""
    return lag1_autocorrelation(
        [float(r.ok if aim is None else meets(r, aim, streams=streams)) for r in judged]
    )


def meets(record: RequestRecord, aim: Aim, *, streams: bool) -> bool:
    """Whether *record* is one of those that *aim* wants."""
    taken = record.first_content_latency if streams else record.latency
    return record.ok and (aim.threshold is None or taken <= aim.threshold)


def _says(outcome: Outcome, n: int, failures: int, part: float, aim: Aim) -> bool:
    """Whether it holds for the sample as it is and for the *part* of it that counts."""
    return all(
        judge_ratio(n * share, failures * share, aim.objective) is outcome for share in {1.0, part}
    )


def _void(result: LoadResult, aim: Aim) -> str:
    if aim.threshold is None:
        return ""
    return result.instrument.problem(aim.threshold, quantile=aim.objective) or ""
