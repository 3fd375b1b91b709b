"""OpenSLO v1 indicators (https://github.com/OpenSLO/OpenSLO, SLI) to :class:`Indicator`.

Prometheus sources only; anything else is refused with its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from golive.config.model import Indicator
from golive.config.openslo_fields import Fields

# An instant selector, alone or summed: what `increase` can be wrapped around.
_MATCHERS = r"""\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\}"""
_SELECTOR = rf"(?:[A-Za-z_:][A-Za-z0-9_:]*\s*(?:{_MATCHERS})?|{_MATCHERS})"
_COUNTER = re.compile(rf"(?:sum\s*\(\s*(?P<summed>{_SELECTOR})\s*\)|(?P<bare>{_SELECTOR}))")


def read_indicator(spec: Fields, sources: Mapping[str, Fields]) -> Indicator:
    """Indicator of an SLI's ``spec``. *sources*: DataSource objects by name."""
    spec.only(("description", "ratioMetric", "thresholdMetric"))
    ratio, threshold = spec.has("ratioMetric"), spec.has("thresholdMetric")
    if ratio == threshold:
        raise spec.refuse("an indicator has one of ratioMetric and thresholdMetric")
    if threshold:
        return Indicator("value", query=_query(spec.part("thresholdMetric"), sources))
    return _ratio(spec.part("ratioMetric"), sources)


def _ratio(metric: Fields, sources: Mapping[str, Fields]) -> Indicator:
    metric.only(("counter", "good", "bad", "total", "raw", "rawType"))
    if metric.has("raw"):
        mixed = [key for key in ("good", "bad", "total") if metric.has(key)]
        if mixed:
            msg = f"raw and {mixed[0]} exclude each other"
            raise metric.refuse(msg, None, mixed[0])
        kind = metric.text("rawType") if metric.has("rawType") else "success"
        query = _query(metric.part("raw"), sources)
        if kind == "success":
            return Indicator("raw", query=query, raw_type="success")
        if kind == "failure":
            return Indicator("raw", query=query, raw_type="failure")
        msg = f"rawType {kind!r:.40} is not known"
        raise metric.refuse(msg, "success or failure", "rawType")
    if metric.has("good") == metric.has("bad"):
        raise metric.refuse("a ratio has one of good and bad, beside total")
    counter = metric.flag("counter", default=False)
    side = "good" if metric.has("good") else "bad"
    queries = {key: _series(metric.part(key), sources, counter=counter) for key in (side, "total")}
    return Indicator(
        "ratio",
        good=queries.get("good"),
        bad=queries.get("bad"),
        total=queries["total"],
        counter=counter,
    )


def _series(part: Fields, sources: Mapping[str, Fields], *, counter: bool) -> str:
    query = _query(part, sources)
    if not counter:
        return query
    match = _COUNTER.fullmatch(query)
    if match is None:
        raise part.part("metricSource").refuse(
            "with counter: true the query has to be a series selector or its sum",
            "write name{label=...}, or counter: false for a query that is a rate already",
            "spec",
        )
    selector: str = match["summed"] or match["bare"]
    return selector.strip()


def _query(part: Fields, sources: Mapping[str, Fields]) -> str:
    part.only(("metricSource",))
    source = part.part("metricSource")
    source.only(("metricSourceRef", "type", "spec"))
    if source.has("type"):
        _require_prometheus(source)
    elif source.has("metricSourceRef"):
        name = source.text("metricSourceRef")
        if name not in sources:
            msg = f"DataSource {name!r:.60} is in none of the slo_files"
            raise source.refuse(
                msg,
                "add its file, or write type: Prometheus",
                "metricSourceRef",
            )
        _require_prometheus(sources[name].part("spec"))
    else:
        raise source.refuse("metricSource needs a type or a metricSourceRef", "type: Prometheus")
    spec = source.part("spec")
    spec.only(("query",))
    return spec.text("query").strip()


def _require_prometheus(source: Fields) -> None:
    kind = source.text("type")
    if kind.lower() != "prometheus":
        message = f"metric source {kind!r:.40} is not supported"
        raise source.refuse(message, "only Prometheus is", "type")
