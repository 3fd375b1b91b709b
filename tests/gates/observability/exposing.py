"""What services expose, for the tests: the demo's own registries, and pages of a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from textwrap import dedent

from prometheus_client import generate_latest

from golive.api import CheckResult, EvidenceRef, Observation
from golive_demo.generation_metrics import GenerationMetrics
from golive_demo.metrics import ServiceMetrics
from golive_demo.project_service import ROUTES
from golive_gates.observability import GATE
from golive_gates.observability.metrics.exposed import (
    Exposed,
    Exposure,
    Trouble,
    inventory_of,
    source_of,
)
from golive_gates.observability.metrics.exposition import Page, parse
from golive_gates.observability.metrics.targets import target_labels
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import alerting
from tests.gates.saying import said

CHECKS = {c.spec.name: c for c in GATE.checks}
FILE = "metrics-api.txt"
EVIDENCE = EvidenceRef(FILE, FILE, "1" * 64, 1, "text/plain")


@cache
def demo_pages() -> Mapping[str, bytes]:
    """What the demo's services expose right after their start."""
    return {
        "project-service": generate_latest(ServiceMetrics("project-service", ROUTES).registry),
        "generation-service": generate_latest(GenerationMetrics().registry),
    }


def page(text: str | bytes) -> Page:
    """*text* parsed; one that is refused is an error of the test."""
    found = parse(dedent(text).encode() if isinstance(text, str) else text)
    assert isinstance(found, Page), found
    return found


def exposed(
    pages: Mapping[str, str | bytes],
    *,
    live: bool = True,
    files: Alerting | None = None,
    declared: Mapping[str, Mapping[str, str]] | None = None,
    unasked: tuple[str, ...] = (),
    unread: tuple[str, ...] = (),
) -> Exposed:
    """The part for *pages* by service. ``unread``: services that could not be reached."""
    found: list[Exposure] = []
    objects = () if files is None else files.objects
    for service, text in pages.items():
        labels = target_labels(service, "10.0.0.1:8000", objects, (declared or {}).get(service, {}))
        source = source_of(service, f"http://{service}/metrics", labels, live=live)
        read = page(text)
        remarks = tuple(Trouble(r.code, r.subject, "", r.line) for r in read.remarks)
        found.append(Exposure(source, inventory_of(read, source, labels), remarks=remarks))
    for service in unread:
        labels = target_labels(service, "10.0.0.1:8000", objects, {})
        source = source_of(service, f"http://{service}/metrics", labels, live=live)
        found.append(Exposure(source, trouble=Trouble("metrics-unreachable", detail="refused")))
    return Exposed(tuple(found), unasked, (EVIDENCE,))


MONITOR = """
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor
    metadata: {name: api, namespace: shop}
    spec:
      selector: {matchLabels: {app: api}}
      endpoints: [{port: http, honorLabels: false}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: api, namespace: shop, labels: {app: api}}
    spec: {ports: [{name: http, port: 80}]}
"""
"""How service ``api`` is scraped, told in full."""


def judged_metrics(
    name: str,
    rule_files: str | Alerting,
    part: Exposed | Mapping[str, str | bytes],
    *,
    settings: Settings | None = None,
) -> CheckResult:
    """The result of check *name* over rules and what is exposed; sayable in both languages.

    A mapping of pages is scraped as ``MONITOR`` tells.
    """
    files = rule_files
    if isinstance(files, str):
        files = alerting(files, MONITOR)
    if not isinstance(part, Exposed):
        part = exposed(part, files=files)
    seen = Observation({"Alerting": files, "Exposed": part})
    result = CHECKS[name].evaluate(seen, settings or Settings())
    said(result)
    return result
