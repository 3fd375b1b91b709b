"""Host names: which an Ingress serves, which a certificate or a listener covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.manifests.relations.values import entries, text

PRIVATE = (".local", ".internal", ".svc", ".localhost", ".test", ".lan", ".home.arpa", ".corp")
"""Ends of names that the public does not resolve (RFC 2606, RFC 6762, RFC 8375 and custom)."""


def ingress_hosts(ingress: KubernetesObject) -> Iterator[str]:
    """Hosts that the rules of an Ingress name."""
    for _, rule in entries(ingress.get("spec", "rules")):
        if host := text(rule.get("host")):
            yield host


def tls_hosts(ingress: KubernetesObject) -> Iterator[tuple[KeyPath, str]]:
    """Hosts of an Ingress's TLS entries, with their paths."""
    for index, entry in entries(ingress.get("spec", "tls")):
        hosts = entry.get("hosts")
        for place, host in enumerate(hosts if isinstance(hosts, list | tuple) else ()):
            if isinstance(host, str):
                yield ("spec", "tls", index, "hosts", place), host


def covered(host: str, names: Iterable[str]) -> bool:
    """Whether one of *names* is *host* or its wildcard, which stands for one label (RFC 9525)."""
    host = host.lower()
    wildcard = "*." + host.partition(".")[2]
    return any(name.lower() in (host, wildcard) for name in names)


def meets(first: str, second: str) -> bool:
    """Whether two names of the Gateway API have a host in common; an empty one meets all.

    There a wildcard stands for one label or more.
    """
    first, second = first.lower(), second.lower()
    if not first or not second or first == second:
        return True
    if first.startswith("*.") and second.startswith("*."):
        return first.endswith(second[1:]) or second.endswith(first[1:])
    if first.startswith("*."):
        return second.endswith(first[1:])
    return second.startswith("*.") and first.endswith(second[1:])


def public(host: str) -> bool:
    """Whether *host* may be a name that the public resolves."""
    return "." in host and not host.lower().endswith(PRIVATE)
