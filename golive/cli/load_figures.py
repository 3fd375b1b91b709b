"""From the records of a run to the figures of its document. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from golive.cli.load_plan import Aim
from golive.cli.load_summary import (
    Bucket,
    Gaps,
    OutcomeCount,
    OwnError,
    Quantile,
    Spread,
    Statement,
)
from golive.probe.load import (
    Instrument,
    LoadPlan,
    LoadResult,
    RequestOutcome,
    RequestRecord,
    Sketch,
)
from golive.probe.load.sketch import RELATIVE_ERROR
from golive.rounding import exact
from golive.stats import (
    Outcome,
    judge_ratio,
    lower_bound,
    n_still_needed,
    percentile,
    percentile_upper_bound,
    upper_bound,
)

QUANTILES = (0.5, 0.9, 0.95, 0.99)

# Not the target's doing, or not known to be: neither proves nor refutes anything of it.
OWN_TROUBLE = frozenset({RequestOutcome.LOCAL, RequestOutcome.UNSENT, RequestOutcome.UNFINISHED})


def spread(name: str, values: Sequence[float]) -> Spread:
    """The distribution of *values* in s, +inf for each that failed."""
    values = sorted(values)  # once, instead of for every percentile
    quantiles = tuple(
        Quantile(q, percentile(values, q), percentile_upper_bound(values, q))
        for q in (QUANTILES if values else ())
    )
    return Spread(
        name=name,
        n=len(values),
        never=sum(v == math.inf for v in values),
        quantiles=quantiles,
        maximum=max(values, default=math.inf),
        buckets=buckets(Sketch(values)),
    )


def buckets(sketch: Sketch) -> tuple[Bucket, ...]:
    """The buckets that hold something, by upper bound; the last is +inf for "never"."""
    wire = sketch.to_wire()
    gamma = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
    found = [Bucket(gamma**key, count) for key, count in sketch.bins()]
    zeros, never = wire["zeros"], wire["never"]
    if isinstance(zeros, int) and zeros:
        found.insert(0, Bucket(0.0, zeros))
    if isinstance(never, int) and never:
        found.append(Bucket(math.inf, never))
    return tuple(found)


def gaps(result: LoadResult) -> Gaps:
    """Silences inside the judged streams."""
    sketch, judged = result.gap_sketch, result.judged
    return Gaps(
        n=sketch.count,
        p50=sketch.quantile(0.5),
        p90=sketch.quantile(0.9),
        p95=sketch.quantile(0.95),
        p99=sketch.quantile(0.99),
        maximum=sketch.maximum if sketch.count else None,
        stalls=sum(r.stalls for r in judged),
        stalled_streams=sum(r.stalls > 0 for r in judged),
        buckets=buckets(sketch),
    )


def outcomes(
    records: Sequence[RequestRecord], excerpt: Callable[[str], str]
) -> tuple[OutcomeCount, ...]:
    """Each outcome with its number, OK first and then the most frequent."""
    counts = Counter(r.outcome for r in records)
    examples = {r.outcome: r.detail for r in reversed(records) if r.detail}
    order = sorted(counts, key=lambda o: (o is not RequestOutcome.OK, -counts[o], o.value))
    return tuple(
        OutcomeCount(
            o.value, counts[o], "" if o is RequestOutcome.OK else excerpt(examples.get(o, ""))
        )
        for o in order
    )


def statement(
    plan: LoadPlan, result: LoadResult, aim: Aim, *, streams: bool, interrupted: bool
) -> Statement:
    """Judge *aim* on the sample that was planned: what is missing of it never helps.

    It counts against a proof and not for a refutation. A run that was interrupted, or whose
    instrument was too coarse for the threshold, is undecided.
    """
    judged = result.judged
    planned = plan.schedule.count - plan.warmup
    good = sum(_meets(r, aim, streams=streams) for r in judged)
    failures = planned - good
    charged = sum(
        not _meets(r, aim, streams=streams) and r.outcome not in OWN_TROUBLE for r in judged
    )
    void = _void(result, aim)
    outcome = Outcome.UNDECIDED
    if void or interrupted:
        pass
    elif judge_ratio(planned, charged, aim.objective) is Outcome.REFUTED:
        outcome = Outcome.REFUTED
    elif result.complete and judge_ratio(planned, failures, aim.objective) is Outcome.PROVEN:
        outcome = Outcome.PROVEN
    return Statement(
        claim=claim(aim, streams=streams),
        outcome=outcome,
        n=planned,
        failures=failures,
        charged=charged,
        lower_bound=lower_bound(planned, failures),
        upper_bound=upper_bound(planned, charged),
        needed=n_still_needed(planned, failures, aim.objective),
        void=void,
    )


def claim(aim: Aim, *, streams: bool) -> str:
    """The claim as a sentence."""
    share = f"at least {exact(aim.objective, percent=True)}% of requests"
    if aim.threshold is None:
        return f"{share} succeed"
    what = "bring their first content" if streams else "are answered in full"
    return f"{share} {what} within {exact(aim.threshold)} s"


def own_error(instrument: Instrument) -> OwnError:
    """The instrument's figures for the document."""
    return OwnError(
        kernel_stamps=instrument.kernel_stamps,
        floor_p50=instrument.floor_p50,
        floor_p99=instrument.floor_p99,
        error_p50=instrument.error_p50,
        error_p99=instrument.error_p99,
        loop_lag_p99=instrument.loop_lag_p99,
        loop_lag_max=instrument.loop_lag_max,
        slip_p50=instrument.slip_p50,
        slip_p99=instrument.slip_p99,
        slip_max=instrument.slip_max,
        cpu_seconds=instrument.cpu_seconds,
        workers=instrument.workers,
        held_back=instrument.held_back,
        calibration_problem=instrument.calibration_problem,
    )


def _meets(record: RequestRecord, aim: Aim, *, streams: bool) -> bool:
    taken = record.first_content_latency if streams else record.latency
    return record.ok and (aim.threshold is None or taken <= aim.threshold)


def _void(result: LoadResult, aim: Aim) -> str:
    if aim.threshold is None:
        return ""
    return result.instrument.problem(aim.threshold) or ""
