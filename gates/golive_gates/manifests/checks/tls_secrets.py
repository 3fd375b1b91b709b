"""``manifests.tls-secrets``: every TLS host has a certificate that the release brings or issues.

What: the Secret that an Ingress or a Gateway listener names is in the release, or a Certificate,
an annotation of cert-manager or another controller makes it; a Certificate's names cover the
hosts; no public host is served without TLS. Why: without its Secret a controller serves a
certificate of its own that no browser trusts. Remedy: add a Certificate, or mend the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.backends import GATEWAY, INGRESS
from golive_gates.manifests.relations.certificates import (
    TlsUse,
    gateway_uses,
    ingress_uses,
    judged_use,
)
from golive_gates.manifests.relations.hosts import covered, ingress_hosts, meets, public
from golive_gates.manifests.relations.values import absent, entries, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.tls-secrets", needs=EvidenceLevel.STATIC)
CLOUD = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "alb.ingress.kubernetes.io/listen-ports",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
    "nginx.ingress.kubernetes.io/ssl-passthrough",
    "haproxy.org/ssl-passthrough",
)
"""Annotations that provide TLS without an entry of ``spec.tls``."""
INTERNAL = ("alb.ingress.kubernetes.io/scheme", "internal")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each use of a certificate, and each public host without one."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    looked = 0
    for owner in graph.all(INGRESS, GATEWAY):
        of_gateway = owner.kind == "Gateway"
        uses: list[TlsUse] = list((gateway_uses if of_gateway else ingress_uses)(owner))
        looked += len(uses)
        for use in uses:
            found += judged_use(graph, use, missing)
        plain = list(_plain_listeners(owner) if of_gateway else _plain_hosts(owner))
        looked += len(plain)
        found += plain
    return judged(SPEC, observation, looked, found)


def _plain_hosts(ingress: KubernetesObject) -> Iterator[Finding]:
    annotations = ingress.mapping("metadata", "annotations")
    if any(a in annotations for a in CLOUD) or annotations.get(INTERNAL[0]) == INTERNAL[1]:
        return
    names: set[str] = set()
    for _, entry in entries(ingress.get("spec", "tls")):
        hosts = entry.get("hosts")
        if not isinstance(hosts, list | tuple) or not hosts:
            return  # An entry without hosts is for all of them.
        names.update(text(host) for host in hosts)
    for host in dict.fromkeys(ingress_hosts(ingress)):
        if public(host) and not covered(host, names):
            yield finding(ingress, ("spec", "rules"), "plain", status=Status.WARN, host=host)


def _plain_listeners(gateway: KubernetesObject) -> Iterator[Finding]:
    listeners = list(entries(gateway.get("spec", "listeners")))
    secure = [
        text(x.get("hostname")) for _, x in listeners if x.get("protocol") in ("HTTPS", "TLS")
    ]
    for index, listener in listeners:
        host = text(listener.get("hostname"))
        if listener.get("protocol") != "HTTP" or not public(host):
            continue
        if not any(meets(host, name) for name in secure):
            place = ("spec", "listeners", index)
            yield finding(gateway, place, "plain", status=Status.WARN, host=host)


CHECK = Check(SPEC, (Manifests,), judge)
