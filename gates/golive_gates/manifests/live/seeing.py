"""From listed objects to the part :class:`Live`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from golive.sources.kubernetes.masking import mask
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.live import reading
from golive_gates.manifests.live.parts import Live, Stated, TlsUse
from golive_gates.manifests.live.resources import (
    AUTOSCALERS,
    BUDGETS,
    INGRESSES,
    ISSUED,
    PODS,
    SERVICES,
    SLICES,
    WARNINGS,
    WORKLOADS,
    Resource,
)
from golive_gates.manifests.live.shapes import projected
from golive_gates.manifests.live.wanted import Versioned, Wanted

Items = Mapping[Versioned, Sequence[Mapping[str, Any]] | None]
"""Objects by API version and kind; ``None`` where a list did not come, whole."""

ANYWAY = frozenset({"Job.batch", "Pod"})
"""Kinds that end or are replaced: not there is no news."""


def with_objects(live: Live, items: Items, objects: Wanted, absent: Iterable[Versioned]) -> Live:
    """*live* with everything that was listed; *absent*: kinds that the cluster does not know."""
    return replace(
        live,
        stated=tuple(stated_objects(objects, items, absent)),
        elsewhere=objects.elsewhere,
        workloads=tuple(reading.workload(r.kind, i) for r in WORKLOADS for i in _of(items, r)),
        pods=tuple(reading.pod(i) for i in _of(items, PODS)),
        services=tuple(reading.service(i) for i in _of(items, SERVICES)),
        endpoints=tuple(reading.endpoints(i) for i in _of(items, SLICES)),
        autoscalers=tuple(reading.autoscaler(i) for i in _of(items, AUTOSCALERS)),
        budgets=tuple(reading.budget(i) for i in _of(items, BUDGETS)),
        events=tuple(
            # Asked for alone, but a server may not know the field selector.
            reading.event(i)
            for i in _of(items, WARNINGS)
            if i.get("type") == "Warning"
        ),
        certificates=(*live.certificates, *(reading.issued(i) for i in _of(items, ISSUED))),
    )


def _of(items: Items, resource: Resource) -> tuple[Mapping[str, Any], ...]:
    return tuple(items.get((resource.api_version, resource.kind)) or ())


def stated_objects(objects: Wanted, items: Items, absent: Iterable[Versioned]) -> Iterator[Stated]:
    """Each object of the files as the cluster has it; *absent*: kinds that it does not know."""
    unknown = frozenset(absent)
    for versioned, group in objects.objects.items():
        found = () if versioned in unknown else items.get(versioned)
        named = {reading.name_of(i): i for i in found or ()}
        for item in group:
            live = named.get(item.name)
            if live is not None:
                # As files are: what is secret by its name or form is never kept.
                whole = mask({**live, "apiVersion": item.api_version, "kind": item.kind})
                yield _stated(item, True, projected(item.data, whole))
            elif item.type not in ANYWAY:
                yield _stated(item, None if found is None else False, {})


def _stated(item: KubernetesObject, found: bool | None, data: Mapping[str, Any]) -> Stated:
    return Stated(item.api_version, item.kind, item.name, found, data)


def tls_uses(objects: Wanted, items: Items) -> Iterator[TlsUse]:
    """TLS Secrets that the release's Ingresses and Gateways name.

    Of the live Ingresses those that the files state, or all where they state nothing.
    """
    names = {
        o.name
        for (api_version, kind), group in objects.objects.items()
        if kind == "Ingress" and api_version.startswith(f"{INGRESSES.group}/")
        for o in group
    }
    for item in _of(items, INGRESSES):
        if not objects.objects or reading.name_of(item) in names:
            yield from reading.tls_of_ingress(item)
    for (api_version, kind), group in objects.objects.items():
        if kind == "Gateway" and api_version.startswith("gateway.networking.k8s.io/"):
            for gateway in group:
                yield from _of_gateway(gateway)


def _of_gateway(gateway: KubernetesObject) -> Iterator[TlsUse]:
    for index, _ in enumerate(gateway.sequence("spec", "listeners")):
        listener = ("spec", "listeners", index)
        host = gateway.get(*listener, "hostname")
        for reference in gateway.sequence(*listener, "tls", "certificateRefs"):
            if not isinstance(reference, Mapping) or reference.get("kind", "Secret") != "Secret":
                continue
            name = reference.get("name")
            if isinstance(name, str) and not reference.get("namespace"):
                hosts = (host,) if isinstance(host, str) else ()
                yield TlsUse("Gateway", gateway.name, name, hosts)
