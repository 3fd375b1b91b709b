"""``observability.monitor-selectors``: a Prometheus looks at every monitor and rule object.

What: the labels and namespace of every ServiceMonitor, PodMonitor, Probe, ScrapeConfig and
PrometheusRule against the selectors of the Prometheus objects in the files, or against the
labels of the setting ``monitor_labels``. Why: the operator leaves out what no selector matches,
without a word: nothing is scraped, and no rule is loaded. Remedy: give it the labels asked for.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Status,
)
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.observability.looking import judged
from golive_gates.observability.monitors.judging import about
from golive_gates.observability.monitors.prometheuses import SELECTORS, taken
from golive_gates.observability.monitors.selecting import graph_of
from golive_gates.observability.monitors.values import labels_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.monitor-selectors", needs=EvidenceLevel.STATIC)
LABELS = ("metadata", "labels")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each object that an operator hands to Prometheus."""
    part = observation.require(Alerting)
    graph = graph_of(part)
    found: list[Finding] = []
    looked = 0
    for item in graph.all(*SELECTORS):
        told, problem = _one(graph, item, settings, unread=bool(part.problems))
        looked += told
        found += [] if problem is None else [problem]
    return judged(SPEC, observation, looked, found)


def _one(
    graph: Graph, item: KubernetesObject, settings: Settings, *, unread: bool
) -> tuple[bool, Finding | None]:
    """Whether something tells which Prometheus looks at *item*, and what is wrong then."""
    answer = taken(graph, item)
    if answer.verdict == "nobody":
        lacking = [
            f"{k}={v}" for k, v in settings.monitor_labels.items() if labels_of(item).get(k) != v
        ]
        wrong = about(item, LABELS, "no-label", wanted=", ".join(lacking)) if lacking else None
        return bool(settings.monitor_labels), wrong
    if answer.verdict == "yes":
        return True, None
    if answer.verdict == "unknown":
        open_ = Status.INCONCLUSIVE
        return True, about(item, LABELS, "namespace-unknown", open_, wanted=answer.wanted)
    # Another Prometheus object may stand in what could not be read.
    status = Status.INCONCLUSIVE if unread else None
    place = LABELS if answer.verdict == "labels" else ("metadata", "namespace")
    code = "not-selected" if answer.verdict == "labels" else "other-namespace"
    return True, about(item, place, code, status, by=answer.by, wanted=answer.wanted)


CHECK = Check(SPEC, (Alerting,), judge)
