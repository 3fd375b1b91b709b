"""Queries for an indicator, and readings from what Prometheus answered. Pure.

A reading is one finite number or a reason; NaN, nothing, several series or garbage never
become a number (other tools read them as 0 or 100 %).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from golive.api import Indicator
from golive_gates.slo.parts import Reading

MAX_DETAIL = 160


@dataclass(frozen=True, slots=True)
class Queries:
    """PromQL templates of one indicator; ``$window`` and ``$step`` are filled in by ``over``.

    ``counted`` with ``total``: two counts, ``counted`` being bad events if ``bad`` is set.
    ``total`` empty: ``counted`` is a ratio, of failures if ``bad`` is set. ``sliced``: the
    ratio's form for one slice. ``present``: what has samples as long as the service is scraped.
    """

    counted: str
    total: str = ""
    bad: bool = False
    sliced: str = ""
    present: str = ""


def queries_for(indicator: Indicator) -> Queries | None:
    """How to ask for *indicator*; ``None`` when it lacks a query."""
    if indicator.kind == "ratio":
        return _ratio_queries(indicator)
    query = indicator.query
    if not query:
        return None
    if indicator.kind == "value":
        return Queries(query, sliced=query, present="" if "$window" in query else query)
    bad = indicator.raw_type == "failure"
    if "$window" in query:
        return Queries(query, bad=bad, sliced=query)
    # A ratio over time says what it was at each moment; the window's figure is their mean.
    mean = f"avg_over_time(({query})[$window:$step])"
    return Queries(mean, bad=bad, sliced=mean, present=query)


def _ratio_queries(indicator: Indicator) -> Queries | None:
    counted, total = indicator.bad or indicator.good, indicator.total
    if not counted or not total:
        return None
    bad = indicator.bad is not None
    if indicator.counter:
        return Queries(
            f"sum(increase({counted}[$window]))",
            f"sum(increase({total}[$window]))",
            bad=bad,
            present=total,
        )
    # Queries that are rates already weigh the ratio, but they count nothing: n is unknown.
    parts = [f"sum(sum_over_time(({q})[$window:$step]))" for q in (counted, total)]
    return Queries(" / ".join(parts), bad=bad, sliced=" / ".join(parts), present=total)


def over(template: str, seconds: float, scrape: float) -> str:
    """*template* over the last *seconds*, subqueries stepping no finer than the scrapes."""
    step = max(scrape, seconds / 720)
    return template.replace("$window", duration(seconds)).replace("$step", duration(step))


def presence(selector: str, seconds: float, look: float) -> str:
    """At how many moments of the last *seconds*, *look* apart, *selector* had any sample.

    Counting moments rather than samples: pods that come, go and multiply make no hole.
    """
    return f"count_over_time((count({selector}))[{duration(seconds)}:{duration(look)}])"


def duration(seconds: float) -> str:
    """A PromQL duration, to the second."""
    return f"{max(1, round(seconds))}s"


def one_number(query: str, result: object) -> Reading:
    """The single value of an instant query. *result*: ``data.result`` as decoded JSON."""
    if not isinstance(result, list):
        return Reading(query, None, "prom-shape", f"result: {type(result).__name__}")
    if not result:
        return Reading(query, None, "prom-empty")
    if len(result) == 2 and not isinstance(result[0], Mapping):
        return _number(query, result)  # a scalar
    if len(result) > 1:
        return Reading(query, None, "prom-several", str(len(result)))
    series = result[0]
    if not isinstance(series, Mapping):
        return Reading(query, None, "prom-shape", f"series: {type(series).__name__}")
    return _number(query, series.get("value"))


def many_numbers(
    query: str, result: object, times: Sequence[float]
) -> tuple[tuple[float | None, ...], Reading | None]:
    """Values of a range query at *times* (``None``: no data), or the reading that says why not."""
    nothing = tuple(None for _ in times)
    if not isinstance(result, list):
        return nothing, Reading(query, None, "prom-shape", f"result: {type(result).__name__}")
    if len(result) > 1:
        return nothing, Reading(query, None, "prom-several", str(len(result)))
    if not result:
        return nothing, None
    points = result[0].get("values") if isinstance(result[0], Mapping) else None
    if not isinstance(points, list):
        return nothing, Reading(query, None, "prom-shape", "no values")
    found: dict[int, float] = {}
    for point in points:
        reading = _number(query, point)
        # An empty slice of a raw ratio is 0/0: no data there, which coverage accounts for.
        if reading.problem == "prom-nan":
            continue
        if reading.value is None:
            return nothing, reading
        found[round(float(point[0]))] = reading.value
    return tuple(found.get(round(t)) for t in times), None


def difference(total: Reading, good: Reading, query: str) -> Reading:
    """``total - good`` as the count of bad events."""
    if total.value is None or good.value is None:
        return total if total.value is None else good
    return Reading(query, total.value - good.value)


def _number(query: str, pair: object) -> Reading:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return Reading(query, None, "prom-shape", "no [time, value] pair")
    stamp, text = pair
    if isinstance(stamp, bool) or not isinstance(stamp, int | float) or not math.isfinite(stamp):
        return Reading(query, None, "prom-shape", "time is no number")
    if not isinstance(text, str):
        return Reading(query, None, "prom-shape", f"value: {type(text).__name__}")
    try:
        value = float(text)
    except ValueError:
        return Reading(query, None, "prom-shape", f"value: {text[:MAX_DETAIL]!r}")
    if math.isnan(value):
        return Reading(query, None, "prom-nan")
    if math.isinf(value):
        return Reading(query, None, "prom-infinite", text[:MAX_DETAIL])
    if value < 0:
        return Reading(query, None, "prom-negative", f"{value:g}")
    return Reading(query, value)
