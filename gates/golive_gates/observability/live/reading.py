"""From what Prometheus answered to targets, rules and samples. Pure; raises ``Odd`` alone."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from golive.sanitize import clean
from golive_gates.observability.live.parts import LiveRule, LiveTarget
from golive_gates.observability.rules.durations import seconds

LONGEST_TEXT = 20_000
"""Characters kept of an expression; labels and errors are cut far earlier."""


class Odd(ValueError):
    """An answer of another shape; ``str()`` says where."""


def targets(data: object) -> tuple[LiveTarget, ...]:
    """Active targets of ``/api/v1/targets``. Raises ``Odd``."""
    found = data.get("activeTargets") if isinstance(data, Mapping) else None
    if not isinstance(found, list):
        raise Odd("activeTargets")
    return tuple(_target(t) for t in found if isinstance(t, Mapping))


def _target(raw: Mapping[str, object]) -> LiveTarget:
    return LiveTarget(
        pool=_text(raw.get("scrapePool")),
        url=_text(raw.get("scrapeUrl")),
        labels=_labels(raw.get("labels")),
        health=_text(raw.get("health")) or "unknown",
        error=_text(raw.get("lastError")),
        interval=seconds(raw.get("scrapeInterval")) or None,
        scraped=moment(raw.get("lastScrape")),
    )


def rules(data: object, names: Collection[str]) -> tuple[tuple[LiveRule, ...], int]:
    """Rules of ``/api/v1/rules`` called one of *names*, and how many there are. ``Odd``."""
    groups = data.get("groups") if isinstance(data, Mapping) else None
    if not isinstance(groups, list):
        raise Odd("groups")
    kept: list[LiveRule] = []
    count = 0
    for group in groups:
        for raw in _each(group, "rules"):
            count += 1
            if raw.get("name") in names:
                kept.append(_rule(group, raw))
    return tuple(kept), count


def _rule(group: Mapping[str, object], raw: Mapping[str, object]) -> LiveRule:
    interval = _number(group.get("interval"))
    return LiveRule(
        kind="alert" if raw.get("type") == "alerting" else "record",
        name=_text(raw.get("name")),
        group=_text(group.get("name")),
        expr=str(raw.get("query") or "")[:LONGEST_TEXT],
        for_s=_number(raw.get("duration")) or 0.0,
        keep_firing_s=_number(raw.get("keepFiringFor")) or 0.0,
        labels=_labels(raw.get("labels")),
        health=_text(raw.get("health")) or "unknown",
        error=_text(raw.get("lastError")),
        evaluated=moment(raw.get("lastEvaluation")),
        interval=interval,
        state=_text(raw.get("state")),
        file=_text(group.get("file")),
    )


def vector(result: object) -> dict[str, tuple[Mapping[str, str], float, float]]:
    """Labels, time and value of every sample of an instant vector, by the label ``NUMBER``.

    Raises ``Odd`` for anything else, NaN included.
    """
    if not isinstance(result, list):
        raise Odd("result")
    found: dict[str, tuple[Mapping[str, str], float, float]] = {}
    for series in result:
        metric = series.get("metric") if isinstance(series, Mapping) else None
        pair = series.get("value") if isinstance(series, Mapping) else None
        if not isinstance(metric, Mapping):
            raise Odd("metric")
        at, value = sample(pair)
        labels = _labels(metric)
        found[labels.get(NUMBER, "")] = (labels, at, value)
    return found


NUMBER = "golive_number"
"""The label that says which of several selectors of one query a sample is about."""


def sample(pair: object) -> tuple[float, float]:
    """Time and value of a ``[time, "value"]`` pair, both finite. Raises ``Odd``."""
    if not isinstance(pair, list) or len(pair) != 2:
        raise Odd("no [time, value] pair")
    at, text = pair
    time = _number(at)
    try:
        value = float(text) if isinstance(text, str) else math.nan
    except ValueError:
        value = math.nan
    if time is None or not math.isfinite(value):
        msg = f"value: {clean(repr(text), 40)}"
        raise Odd(msg)
    return time, value


def values(result: object, label: str, most: int) -> tuple[str, ...]:
    """Values that *label* has in an instant vector, the empty one left out. Raises ``Odd``."""
    if not isinstance(result, list):
        raise Odd("result")
    metrics = (s.get("metric") for s in result if isinstance(s, Mapping))
    found = {_labels(m).get(label, "") for m in metrics}
    return tuple(sorted(v for v in found if v)[:most])


def moment(value: object) -> float | None:
    """Unix time of an RFC 3339 text; ``None`` for Go's zero time and for what is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if found.tzinfo is None or found.year < 1970:
        return None
    return found.timestamp()


def _each(holder: object, key: str) -> Iterator[Mapping[str, object]]:
    found = holder.get(key) if isinstance(holder, Mapping) else None
    for item in found if isinstance(found, list) else ():
        if isinstance(item, Mapping):
            yield item


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {k: v[:2_000] for k, v in value.items() if isinstance(k, str) and isinstance(v, str)}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
