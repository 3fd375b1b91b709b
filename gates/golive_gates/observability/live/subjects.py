"""Which targets of a Prometheus belong to the release. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from golive.api import ServiceEndpoint
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.observability.live.parts import LiveTarget, Subject

MONITORS = {
    "ServiceMonitor.monitoring.coreos.com": "serviceMonitor",
    "PodMonitor.monitoring.coreos.com": "podMonitor",
}
"""Kinds of monitor, with the word that the operator's scrape pools begin with."""

NAMES = ("job", "service", "app", "app_kubernetes_io_name", "container", "component")
"""Labels in which a target carries the name of its service."""


def subjects_of(
    services: Sequence[ServiceEndpoint],
    objects: Iterable[KubernetesObject],
    named: frozenset[str],
    labels: Mapping[str, Mapping[str, str]],
    targets: Sequence[LiveTarget],
) -> tuple[Subject, ...]:
    """Services and monitors of the release, each with its targets.

    *named*: jobs and services that the release's own rules ask for by name. *labels*: by
    service, what its targets carry. Monitors count only where the operator made this Prometheus'
    scrape pools: any other Prometheus was never told of them.
    """
    return (
        *_services(services, named, labels, targets),
        *_monitors(objects, targets),
    )


def _services(
    services: Sequence[ServiceEndpoint],
    named: frozenset[str],
    labels: Mapping[str, Mapping[str, str]],
    targets: Sequence[LiveTarget],
) -> Iterator[Subject]:
    found = {s.name: _of_service(s, labels.get(s.name), targets) for s in services}
    # Where one service is found by its name, the others are named so too.
    known = any(found.values()) or not targets
    for service in services:
        promised = known or service.name in named or service.name in labels
        yield Subject("service", service.name, found[service.name], promised)


def _of_service(
    service: ServiceEndpoint, labels: Mapping[str, str] | None, targets: Sequence[LiveTarget]
) -> tuple[LiveTarget, ...]:
    if labels:
        return tuple(t for t in targets if labels.items() <= t.labels.items())
    by_name = tuple(t for t in targets if service.name in _names(t))
    if by_name:
        return by_name
    addresses = {_address(u) for u in (service.url, service.direct_url) if u}
    return tuple(t for t in targets if _address(t.url) in addresses)


def _names(target: LiveTarget) -> Iterator[str]:
    yield target.pool
    for label in NAMES:
        # The operator's default job of a PodMonitor is NAMESPACE/NAME.
        yield target.labels.get(label, "").rpartition("/")[2]


def _address(url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None
    return (parts.hostname or "").lower(), port


def _monitors(
    objects: Iterable[KubernetesObject], targets: Sequence[LiveTarget]
) -> Iterator[Subject]:
    pools = [(t, t.pool.split("/")) for t in targets]
    operated = any(len(p) > 3 and p[0] in MONITORS.values() for _, p in pools)
    for item in objects if operated else ():
        word = MONITORS.get(item.type)
        if word is None:
            continue
        found = tuple(
            t
            for t, pool in pools
            if len(pool) > 3
            and pool[0] == word
            and pool[2] == item.name
            and item.namespace in ("", pool[1])
        )
        yield Subject("monitor", str(item.ref), found)
