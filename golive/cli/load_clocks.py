"""The clocks of a run: percentiles with bounds, and the distributions behind them. Pure."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterator, Sequence

from golive.cli.load_summary import Bucket, Gaps, Quantile, Spread
from golive.probe.load import LoadResult, RequestRecord, Sketch
from golive.probe.load.sketch import RELATIVE_ERROR
from golive.stats import (
    effective_n,
    lag1_autocorrelation,
    percentile,
    percentile_upper_rank,
)

QUANTILES = (0.5, 0.9, 0.95, 0.99)

_Clock = tuple[str, Callable[[RequestRecord], float | None]]
_HEADERS: _Clock = ("headers", lambda r: r.headers)
_FIRST_BYTE: _Clock = ("first byte", lambda r: r.first_byte)
_STREAM: tuple[_Clock, ...] = (
    _HEADERS,
    _FIRST_BYTE,
    ("first event", lambda r: r.first_event),
    ("first content", lambda r: r.first_content),
    ("whole stream", lambda r: r.ended),
)
_PLAIN: tuple[_Clock, ...] = (_HEADERS, _FIRST_BYTE, ("whole answer", lambda r: r.ended))


def spreads(judged: Sequence[RequestRecord], missing: int, *, streams: bool) -> Iterator[Spread]:
    """Every clock over the *judged* requests, in the order of sending, and the *missing* ones."""
    if not judged and not missing:
        return
    for name, read in _STREAM if streams else _PLAIN:
        seen = judged
        if name == "first byte" and not streams:
            # An answer such as 204 is whole without a body: it has no such clock.
            seen = [r for r in judged if not r.ok or r.first_byte is not None]
        values = [_reached(r, read) for r in seen]
        if values or missing:
            yield spread(name, values, missing)


def spread(name: str, values: Sequence[float], missing: int = 0) -> Spread:
    """The distribution of *values* in s, in the order of sending, +inf for each that failed.

    *missing* more, whose worker was lost, may have been anything and count as +inf.
    """
    ordered = sorted([*values, *[math.inf] * missing])
    return Spread(
        name=name,
        n=len(ordered),
        never=sum(v == math.inf for v in ordered),
        quantiles=_quantiles(values, ordered),
        maximum=max(ordered, default=math.inf),
        buckets=buckets(Sketch(ordered)),
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


def _reached(record: RequestRecord, read: Callable[[RequestRecord], float | None]) -> float:
    at = read(record) if record.ok else None
    return math.inf if at is None else at


def _quantiles(values: Sequence[float], ordered: Sequence[float]) -> tuple[Quantile, ...]:
    found: list[Quantile] = []
    if not ordered:
        return ()
    above = math.inf
    for q in reversed(QUANTILES):
        value = percentile(ordered, q)
        tied = bisect.bisect_right(ordered, value) - bisect.bisect_left(ordered, value) > 1
        n = effective_n(len(ordered), _correlation(values, value, tied=tied))
        # What bounds a higher quantile bounds this one.
        above = min(above, _upper_bound(ordered, q, n))
        found.append(Quantile(q, value, above, n))
    return tuple(reversed(found))


def _correlation(values: Sequence[float], value: float, *, tied: bool) -> float:
    """Of lying beyond the quantile *value*, whose count is what a bound is reckoned from.

    It is another at the median than in the tail. At least 0; *tied* values may lie on either
    side of it.
    """
    rho = lag1_autocorrelation([float(v > value) for v in values]) or 0.0
    if tied:
        rho = max(rho, lag1_autocorrelation([float(v >= value) for v in values]) or 0.0)
    return max(rho, 0.0)


def _upper_bound(ordered: Sequence[float], q: float, n: float) -> float:
    """The order statistic at the place that the bound would have among *n* independent values."""
    whole = math.floor(n)
    rank = percentile_upper_rank(whole, q)
    if rank is None:
        return math.inf
    return ordered[math.ceil(rank * len(ordered) / whole) - 1]
