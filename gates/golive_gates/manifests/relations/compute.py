"""CPU, memory and storage that pods ask for, as the API server counts them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Container, Pod
from golive.sources.kubernetes.quantities import quantity
from golive_gates.manifests.relations.values import entries, mapping, misspelt

SIDES = ("requests", "limits")
RESOURCES = ("cpu", "memory", "ephemeral-storage")
NANO = 10**9
Amounts = Mapping[str, int]
"""Amounts by ``requests.cpu``, ``limits.memory`` and the like, in billionths: the API's finest."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the LimitRanges of a namespace give to containers that state nothing."""

    requests: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)


def defaults_of(graph: Graph, namespace: str) -> Defaults:
    """Defaults of *namespace*, as the API server completes them.

    A maximum is a default limit, a default limit a default request; a minimum the last resort.
    """
    known = _known(graph)
    if namespace not in known:
        known[namespace] = _defaults(graph, namespace)
    return known[namespace]


@lru_cache(maxsize=2)
def _known(graph: Graph) -> dict[str, Defaults]:
    """Defaults of *graph* by namespace, as far as they were asked for."""
    del graph
    return {}


def _defaults(graph: Graph, namespace: str) -> Defaults:
    requests: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for found in graph.within("LimitRange", namespace):
        for _, item in entries(found.get("spec", "limits")):
            if item.get("type") == "Container":
                given = {**mapping(item.get("max")), **mapping(item.get("default"))}
                limits.update(given)
                least = mapping(item.get("min"))
                requests.update({**least, **given, **mapping(item.get("defaultRequest"))})
    return Defaults(requests, limits)


def amount(container: Container, side: str, resource: str, defaults: Defaults) -> int | None:
    """What *container* asks for, in billionths; a request that is left out is its limit."""
    own = nanos(container.get("resources", side, resource))
    if own is None and side == "requests":
        own = nanos(container.get("resources", "limits", resource))
    if own is None:
        own = nanos((defaults.requests if side == "requests" else defaults.limits).get(resource))
    return own


def nanos(value: object) -> int | None:
    """A quantity in billionths, rounded up as the API server does; ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _nanos(str(value))


@lru_cache(maxsize=4096)
def _nanos(written: str) -> int | None:
    number = quantity(written)
    return None if number is None else math.ceil(number * NANO)


def has_request(pod: Pod, container: Container, resource: str, defaults: Defaults) -> bool:
    """Whether a share of the request of *resource* can be computed.

    A value that is no quantity, and a misspelt field, are the schema's to report.
    """
    own = mapping(container.data.get("resources"))
    if misspelt(container.data, "resources") or misspelt(own, "requests"):
        return True
    if any(mapping(own.get(side)).get(resource) is not None for side in SIDES):
        return True
    whole_pod = mapping(pod.spec.get("resources"))
    if any(resource in mapping(whole_pod.get(side)) for side in SIDES):
        return True
    return amount(container, "requests", resource, defaults) is not None


def unspecified(
    pod: Pod, keys: frozenset[str], defaults: Defaults
) -> Iterator[tuple[Container, str]]:
    """Containers with the ``requests.cpu`` and the like of *keys* that they leave open."""
    if mapping(pod.spec.get("resources")):
        return
    for container in pod.containers:
        if container.role == "ephemeral":
            continue
        for key in sorted(keys):
            side, _, resource = key.partition(".")
            if amount(container, side, resource, defaults) is None:
                yield container, key


def demand(pod: Pod, defaults: Defaults) -> Amounts:
    """What one pod takes of a quota: its containers together, or its largest init container.

    An init container runs beside the sidecars that were started before it. Overhead is added.
    Source: Kubernetes documentation, "Init Containers", resource sharing within containers.
    """
    found: dict[str, int] = {}
    whole = mapping(pod.spec.get("resources"))
    overhead = mapping(pod.spec.get("overhead"))
    for side in SIDES:
        for resource in RESOURCES:
            total = nanos(mapping(whole.get(side)).get(resource))
            if total is None:
                total = _together(pod, side, resource, defaults)
            total += nanos(overhead.get(resource)) or 0
            if total:
                found[f"{side}.{resource}"] = total
    return found


def _together(pod: Pod, side: str, resource: str, defaults: Defaults) -> int:
    running = sidecars = peak = 0
    for container in pod.containers:
        own = amount(container, side, resource, defaults) or 0
        if container.role == "sidecar":
            sidecars += own
        elif container.role == "init":
            peak = max(peak, sidecars + own)
        elif container.role == "container":
            running += own
    return max(running + sidecars, peak)


def shown(billionths: int, resource: str) -> str:
    """An amount as people write it: ``250m`` of CPU, ``1.5Gi`` of memory or storage, or plain."""
    number = Fraction(billionths, NANO)
    if "cpu" in resource and number % 1:
        return f"{_plain(number * 1000)}m"
    if "memory" in resource or "storage" in resource:
        for index, prefix in reversed(list(enumerate("KMGT", start=1))):
            if abs(number) >= 1024**index:
                return f"{_plain(number / 1024**index)}{prefix}i"
    return _plain(number)


def _plain(number: Fraction) -> str:
    """Two decimals at most, rounded up: a sum that is too large never reads as one that fits."""
    hundredths = -(-number.numerator * 100 // number.denominator)
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
