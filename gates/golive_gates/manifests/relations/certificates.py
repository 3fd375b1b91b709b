"""Certificates: who uses which Secret for which hosts, and what makes that Secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.api import Finding, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.manifests.looking import finding
from golive_gates.manifests.relations.backends import granted
from golive_gates.manifests.relations.hosts import covered, ingress_hosts
from golive_gates.manifests.relations.made import Made, secrets_made
from golive_gates.manifests.relations.values import entries, mapping, text

CERTIFICATE = "Certificate.cert-manager.io"
ISSUING = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")
"""Annotations by which cert-manager makes the Secrets that an Ingress or a Gateway names."""
PAIR = frozenset({"tls.crt", "tls.key"})


@dataclass(frozen=True, slots=True)
class TlsUse:
    """One place that needs a certificate. ``secret``: empty where it names none it should."""

    owner: KubernetesObject
    path: KeyPath
    namespace: str
    secret: str
    hosts: tuple[str, ...]


def ingress_uses(ingress: KubernetesObject) -> Iterator[TlsUse]:
    """TLS entries that name a Secret; without one the controller's own certificate is meant."""
    for index, entry in entries(ingress.get("spec", "tls")):
        secret = text(entry.get("secretName"))
        hosts = entry.get("hosts")
        named = [h for h in hosts if isinstance(h, str)] if isinstance(hosts, list | tuple) else []
        if secret:
            path = ("spec", "tls", index, "secretName")
            wanted = tuple(named or ingress_hosts(ingress))
            yield TlsUse(ingress, path, ingress.namespace, secret, wanted)


def gateway_uses(gateway: KubernetesObject) -> Iterator[TlsUse]:
    """Certificates of listeners that end TLS themselves."""
    for index, listener in entries(gateway.get("spec", "listeners")):
        tls = mapping(listener.get("tls"))
        if listener.get("protocol") not in ("HTTPS", "TLS") or tls.get("mode") == "Passthrough":
            continue
        host = text(listener.get("hostname"))
        path: KeyPath = ("spec", "listeners", index)
        refs = list(entries(tls.get("certificateRefs")))
        if not refs and not tls.get("options"):
            yield TlsUse(gateway, path, gateway.namespace, "", (host,))
        for place, ref in refs:
            if (ref.get("kind") or "Secret") == "Secret" and not ref.get("group"):
                yield TlsUse(
                    gateway,
                    (*path, "tls", "certificateRefs", place),
                    text(ref.get("namespace")) or gateway.namespace,
                    text(ref.get("name")),
                    (host,) if host else (),
                )


def judged_use(graph: Graph, use: TlsUse, missing: Status | None) -> Iterator[Finding]:
    """What is wrong with one use. *missing*: how an absence weighs."""
    owner = use.owner
    params: dict[str, Any] = {"secret": use.secret, "namespace": use.namespace}
    if not use.secret:
        yield finding(owner, use.path, "no-certificate")
        return
    abroad = bool(use.namespace and owner.namespace and use.namespace != owner.namespace)
    if abroad and not granted(graph, owner, "Secret", use.namespace, use.secret):
        yield finding(owner, use.path, "not-granted", status=missing, kind=owner.kind, **params)
    made = secrets_made(graph).first(use.namespace, use.secret)
    if made is not None:
        yield from _fits(use, made)
    elif not any(owner.mapping("metadata", "annotations").get(a) for a in ISSUING):
        other = _certificate_for(graph, use)
        if other is None:
            # It may be made by hand, or copied by a controller of the cluster.
            yield finding(owner, use.path, "not-made", status=Status.INCONCLUSIVE, **params)
        else:
            makes = text(other.get("spec", "secretName"))
            yield finding(
                owner, use.path, "other-name", makes=makes, certificate=other.name, **params
            )


def _fits(use: TlsUse, made: Made) -> Iterator[Finding]:
    if made.by.type == CERTIFICATE:
        names = _names(made.by)
        without = [h for h in use.hosts if names and not covered(h, names)]
        for host in without:
            yield finding(
                use.owner,
                use.path,
                "host-not-covered",
                host=host,
                certificate=made.by.name,
                names=", ".join(names),
            )
    elif made.keys is not None and made.keys and not made.keys >= PAIR:
        yield finding(
            use.owner, use.path, "not-tls", secret=use.secret, keys=", ".join(sorted(made.keys))
        )


def _names(certificate: KubernetesObject) -> tuple[str, ...]:
    names = certificate.sequence("spec", "dnsNames")
    common = certificate.get("spec", "commonName")
    return tuple(n for n in (*names, common) if isinstance(n, str))


def _certificate_for(graph: Graph, use: TlsUse) -> KubernetesObject | None:
    """A Certificate beside *use* for its hosts, whose Secret has another name."""
    held = _certificates(graph)
    for host in use.hosts:
        for name in (host.lower(), "*." + host.lower().partition(".")[2]):
            for certificate in held.get(name, ()):
                if certificate.namespace == use.namespace:
                    return certificate
    return None


@lru_cache(maxsize=2)
def _certificates(graph: Graph) -> Mapping[str, list[KubernetesObject]]:
    """Certificates by each of their names."""
    found: dict[str, list[KubernetesObject]] = {}
    for certificate in graph.all(CERTIFICATE):
        for name in _names(certificate):
            found.setdefault(name.lower(), []).append(certificate)
    return found
