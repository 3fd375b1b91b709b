"""Functions that are given the wrong kind of series: counters and gauges, told by their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.rules import promql

RATES = frozenset({"rate", "increase", "irate"})
_DELTAS = frozenset({"delta", "idelta"})
_COUNTER = ("_total", "_count", "_sum", "_bucket")
# Counters of exporters that carry the names of what they read: the kernel, a server, a MIB.
_FOREIGN = re.compile(
    r"node_(?:netstat|vmstat|snmp|sockstat|intr|forks|context)|container_|process_cpu"
    r"|pg_stat_|mysql_global_status_|mysql_info_schema_|redis_|memcached_|mongodb_|elasticsearch_"
    r"|rabbitmq_|nginx_|haproxy_|apache_|phpfpm_|windows_|dovecot_|bind_|if(?:HC)?(?:In|Out)[A-Z]"
)
# Of native histograms, which have no suffix; what these read they are.
_HISTOGRAMS = frozenset(
    {"histogram_quantile", "histogram_fraction", "histogram_count", "histogram_sum"}
    | {"histogram_avg", "histogram_stddev", "histogram_stdvar"}
)
_GAUGE = re.compile(
    r"(?:_bytes|_ratio|_percent|_percentage|_celsius|_volts|_amperes|_info|_usage|_utilization"
    r"|_temperature|_timestamp|_timestamp_seconds|_gauge|_active|_current|_size|_length|_depth"
    r"|_in_flight|_in_progress|_up|_ready|_free|_available|_limit|_capacity)$"
)


@dataclass(frozen=True, slots=True)
class Misuse:
    """``code``: its sentence, with ``params``."""

    code: str
    params: Mapping[str, str]


def misuses(tree: Any, recorded: Collection[str]) -> Iterator[Misuse]:  # noqa: ANN401
    """What *tree* does to counters and gauges that makes no sense. *recorded*: their names."""
    histograms = _of_histograms(tree)
    for node in promql.nodes(tree):
        if promql.kind(node) == "Call" and node.args:
            for misuse in _called(node, recorded):
                if misuse.code != "rate-of-gauge" or id(node) not in histograms:
                    yield misuse
        elif promql.compares(node):
            yield from _compared(node)


def _of_histograms(tree: Any) -> frozenset[int]:  # noqa: ANN401
    """``id`` of each node of *tree* that a function of histograms looks at."""
    return frozenset(
        id(below)
        for node in promql.nodes(tree)
        if promql.kind(node) == "Call" and node.func.name in _HISTOGRAMS
        for below in promql.nodes(node.args[-1])
    )


def _called(node: Any, recorded: Collection[str]) -> Iterator[Misuse]:  # noqa: ANN401
    name, argument = node.func.name, promql.bare(node.args[0])
    if name in RATES and promql.kind(argument) == "SubqueryExpr":
        inner = promql.bare(argument.expr)
        if promql.kind(inner) == "AggregateExpr":
            operator = promql.operator(inner)
            yield Misuse("rate-of-aggregate", {"function": name, "operator": operator})
        return
    selector = promql.selector(argument)
    if selector is None or not selector.metric:
        return
    metric = selector.metric
    params = {"function": name, "metric": metric}
    if name in _DELTAS and metric.endswith("_total"):
        yield Misuse("delta-of-counter", params)
    elif name in RATES and metric in recorded:
        yield Misuse("rate-of-recorded", params)
    elif name in RATES and _gauge(metric):
        yield Misuse("rate-of-gauge", params)


def _gauge(metric: str) -> bool:
    """Whether *metric* is not named as counters are."""
    if ":" in metric or metric.endswith(_COUNTER):
        return False
    return _GAUGE.search(metric) is not None or _FOREIGN.match(metric) is None


def _compared(node: Any) -> Iterator[Misuse]:  # noqa: ANN401
    """A counter against a number: what it has passed once it has passed for good."""
    if promql.operator(node) not in (">", ">="):
        return
    left, right = promql.bare(node.lhs), promql.bare(node.rhs)
    if promql.kind(right) != "NumberLiteral":
        return
    if promql.kind(left) == "AggregateExpr" and promql.operator(left) in ("sum", "max", "min"):
        left = promql.bare(left.expr)
    selector = promql.selector(left)
    if selector is not None and selector.metric.endswith("_total") and ":" not in selector.metric:
        yield Misuse("counter-compared", {"metric": selector.metric})
