"""``observability.metrics-exist``: every metric that a rule selects is there to be selected.

What: each name in an expression is exposed by a service, recorded by a rule, or written by
Prometheus itself. Why: an expression over a metric that nobody exposes is valid, returns nothing,
and its alert never fires. Remedy: correct the name; for a metric of another exporter declare what
that exposes in ``gates.observability.exposition``.
"""

from __future__ import annotations

from collections.abc import Mapping

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.config.suggestion import closest
from golive_gates.observability.looking import rules_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.metrics.judging import (
    exposed_of,
    judged_exposed,
    of_rule,
)
from golive_gates.observability.metrics.selecting import OWN, Selection, recorded, selections
from golive_gates.observability.metrics.stored import Stored, stored_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.metrics-exist", needs=EvidenceLevel.STATIC)

EXPORTERS = (
    "kube_", "node_", "container_", "machine_", "cadvisor_", "kubelet_", "apiserver_", "etcd_",
    "coredns_", "workqueue_", "rest_client_", "prometheus_", "alertmanager_", "grafana_", "probe_",
    "nginx_", "traefik_", "envoy_", "istio_", "pg_", "mysql_", "redis_", "rabbitmq_", "kafka_",
    "cert_manager_", "certmanager_", "argocd_", "loki_", "blackbox_", "windows_", "aws_",
)  # fmt: skip
"""How names begin that come from widely used exporters and parts of a cluster."""
COMMON = frozenset({"process", "python", "go", "jvm", "nodejs", "dotnet", "promhttp", "target"})
"""First words that every client library uses: sharing one ties a metric to no service."""
TARGET_NAMES = ("job", "service", "app", "container")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No rule selects a name that nothing writes."""
    del settings
    rules = rules_of(observation.require(Alerting)).rules
    stored = stored_of(exposed_of(observation))
    known = recorded(rules)
    missing: dict[tuple[str, bool], tuple[str, Status | None, str]] = {}
    found: dict[tuple[int, str], Finding] = {}
    looked = 0
    for selection in selections(rules):
        looked += 1
        metric = selection.selector.metric
        if metric in OWN or metric in known or metric in stored.names:
            continue
        case = (metric, _ours(selection, stored))
        if case not in missing:
            missing[case] = _missing(*case, stored, known)
        code, status, near = missing[case]
        params = {"metric": metric, "near": near}
        key = (id(selection.rule), metric)
        found.setdefault(key, of_rule(selection.rule, code, status, params))
    return judged_exposed(SPEC, observation, looked, found.values())


def _missing(
    metric: str, ours: bool, stored: Stored, known: Mapping[str, str]
) -> tuple[str, Status | None, str]:
    """Code and weight of the finding, and the name that was probably meant."""
    if stored.inventory.declared(metric):
        return "no-series-yet", Status.WARN, ""
    if ":" in metric:
        near = closest(metric, known) or ""
        if near and near.partition(":")[0] == metric.partition(":")[0]:
            return "not-recorded", None, near
        return "not-recorded-here", Status.INCONCLUSIVE, ""
    if ours:
        near = closest(metric, sorted(stored.names)) or ""
        return "renamed" if near else "nowhere", None, near
    code = "other-exporter" if metric.startswith(EXPORTERS) else "unknown-exporter"
    return code, Status.INCONCLUSIVE, ""


def _ours(selection: Selection, stored: Stored) -> bool:
    """Whether the missing metric would be one of the services that were seen."""
    metric = selection.selector.metric
    first = metric.partition("_")[0]
    families = {n.partition("_")[0] for n in stored.inventory.families if n not in OWN} - COMMON
    if first in families:
        return True
    sources = stored.inventory.sources
    targets = {s.target_labels.get(name) for s in sources for name in TARGET_NAMES}
    targets |= {s.service for s in sources}
    return any(
        label in TARGET_NAMES and operator == "=" and value in targets
        for label, operator, value in selection.selector.matchers
    )


CHECK = Check(SPEC, (Alerting, Exposed), judge)
