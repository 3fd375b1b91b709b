"""Which Prometheus object looks at a monitor or PrometheusRule. Pure.

Source of the semantics: prometheus-operator, API reference: a selector that is left out selects
nothing, an empty one everything; without a namespace selector only the own namespace counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.monitors import POD_MONITOR, SERVICE_MONITOR
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.selectors import selects
from golive_gates.observability.monitors.selecting import PROBE, SCRAPE_CONFIG
from golive_gates.observability.monitors.values import labels_of, listed
from golive_gates.observability.rules.reading import PROMETHEUS_RULE

PROMETHEUS = "Prometheus.monitoring.coreos.com"
AGENT = "PrometheusAgent.monitoring.coreos.com"
RULER = "ThanosRuler.monitoring.coreos.com"
PROMETHEUSES = (PROMETHEUS, AGENT)

SELECTORS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    SERVICE_MONITOR: ("serviceMonitorSelector", "serviceMonitorNamespaceSelector", PROMETHEUSES),
    POD_MONITOR: ("podMonitorSelector", "podMonitorNamespaceSelector", PROMETHEUSES),
    PROBE: ("probeSelector", "probeNamespaceSelector", PROMETHEUSES),
    SCRAPE_CONFIG: ("scrapeConfigSelector", "scrapeConfigNamespaceSelector", PROMETHEUSES),
    PROMETHEUS_RULE: ("ruleSelector", "ruleNamespaceSelector", (PROMETHEUS, RULER)),
}
"""By kind: the selectors that have to match, and which objects have them."""
NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one of the Prometheus objects takes an object.

    ``yes``: one does. ``labels``, ``namespace``: none does, because of that. ``unknown``: it
    depends on labels of a namespace that no file holds. ``nobody``: there is none that could.
    ``by``: names of those that were asked; ``wanted``: what one of them asks for.
    """

    verdict: Literal["yes", "labels", "namespace", "unknown", "nobody"]
    by: str = ""
    wanted: str = ""


def taken(graph: Graph, item: KubernetesObject) -> Answer:
    """Whether a Prometheus object of the files selects *item*."""
    selector, spaces, kinds = SELECTORS[item.type]
    asked = graph.all(*kinds)
    if not asked:
        return Answer("nobody")
    by = listed([str(p.ref) for p in asked])
    answers = [_one(graph, item, owner, selector, spaces) for owner in asked]
    for verdict in ("yes", "unknown", "labels", "namespace"):
        found = next((a for a in answers if a.verdict == verdict), None)
        if found is not None:
            return Answer(found.verdict, by, found.wanted)
    return Answer("nobody")


def _one(
    graph: Graph, item: KubernetesObject, owner: KubernetesObject, selector: str, spaces: str
) -> Answer:
    wanted = owner.get("spec", selector)
    if not selects(wanted, labels_of(item)):
        return Answer("labels", wanted=said(wanted))
    chosen = owner.get("spec", spaces)
    if chosen is None:
        same = not item.namespace or not owner.namespace or item.namespace == owner.namespace
        return Answer("yes" if same else "namespace", wanted=owner.namespace)
    if not isinstance(chosen, Mapping) or not chosen:
        return Answer("yes")
    known = graph.find("Namespace", "", item.namespace) if item.namespace else None
    labels: dict[str, Any] = {NAME_LABEL: item.namespace} if item.namespace else {}
    labels |= dict(labels_of(known)) if known else {}
    if selects(chosen, labels):
        return Answer("yes")
    if known is None and set(_keys(chosen)) - {NAME_LABEL if item.namespace else ""}:
        return Answer("unknown", wanted=said(chosen))
    return Answer("namespace", wanted=said(chosen))


def _keys(selector: Mapping[str, Any]) -> Iterator[str]:
    wanted = selector.get("matchLabels")
    yield from (str(key) for key in (wanted if isinstance(wanted, Mapping) else ()))
    listed_ = selector.get("matchExpressions")
    for one in listed_ if isinstance(listed_, list | tuple) else ():
        yield str(one.get("key")) if isinstance(one, Mapping) else ""


def said(selector: object) -> str:
    """A LabelSelector in a sentence, as kubectl writes it."""
    if not isinstance(selector, Mapping):
        return "-"
    wanted = selector.get("matchLabels")
    parts = [f"{k}={v}" for k, v in (wanted.items() if isinstance(wanted, Mapping) else ())]
    listed_ = selector.get("matchExpressions")
    for one in listed_ if isinstance(listed_, list | tuple) else ():
        if isinstance(one, Mapping):
            values = one.get("values")
            some = ",".join(map(str, values)) if isinstance(values, list | tuple) else ""
            parts.append(f"{one.get('key')} {one.get('operator')} ({some})")
    return ", ".join(parts) or "*"
