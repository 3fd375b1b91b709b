"""Monitors and what they are about, for tests; and what a check says of them."""

from __future__ import annotations

import json
from typing import Any

from golive_gates.observability.settings import Settings
from tests.gates.manifests.objects import Object, obj, service, workload
from tests.gates.observability.snippets import judged

API = "monitoring.coreos.com/v1"
LABELLED = (workload(), service(labels={"app": "web"}))


def monitor(kind: str = "ServiceMonitor", name: str = "web", **fields: Any) -> Object:
    """A monitor of ``app: web``; ``labels`` and ``namespace`` are its own."""
    own = {k: fields.pop(k) for k in ("labels", "namespace") if k in fields}
    spec = {"selector": {"matchLabels": {"app": "web"}}, **fields}
    return obj(kind, name, API, spec=spec, **own)


def point(**fields: Any) -> Object:
    """A ServiceMonitor with one endpoint."""
    return monitor(endpoints=[{"port": "http", "interval": "30s", **fields}])


def pod_point(**fields: Any) -> Object:
    """A PodMonitor with one endpoint."""
    return monitor("PodMonitor", podMetricsEndpoints=[{"interval": "30s", **fields}])


def prometheus(kind: str = "Prometheus", **spec: Any) -> Object:
    """A Prometheus object in the namespace of the monitors."""
    return obj(kind, "main", API, spec=spec)


def verdict(
    name: str, *objects: Object, problems: int = 0, settings: Settings | None = None
) -> tuple[str, list[str]]:
    """Status and codes of the findings; a code that only warns or is undecided says so."""
    text = "\n---\n".join(map(json.dumps, objects))
    result = judged(name, text, problems=problems, settings=settings)
    codes = [
        f.reason.code + (f" ({f.status.value})" if f.status is not None else "")
        for f in result.findings
    ]
    return result.status.value, codes
