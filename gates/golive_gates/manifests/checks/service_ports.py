"""``manifests.service-ports``: every port of a Service leads to a port of its pods.

What: a ``targetPort`` that is a name exists in the selected pods with the same protocol, one
that is a number is among the ports that they declare, and no port or name occurs twice. Why: a
name that no container has leaves the Service without endpoints for that port, and clients with
refused connections. Remedy: name the container's port.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.ports import (
    port_in,
    ports_of,
    protocol,
    service_ports,
    target_of,
)
from golive_gates.manifests.relations.values import whole
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.service-ports", needs=EvidenceLevel.STATIC)
PATH = ("spec", "ports")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each port of each Service, against the pods that it selects."""
    del settings
    graph = graph_of(observation)
    found: list[Finding] = []
    looked = 0
    for service in graph.all("Service"):
        ports = list(service_ports(service))
        looked += len(ports)
        found += _twice(service, ports)
        if service.get("spec", "type") == "ExternalName":
            continue
        # Containers that are no list are reported by `manifests.schema`, and selected pods of
        # a Job by `service-selectors` or `workload-selectors`.
        pods = tuple(
            pod for pod in graph.pods_of_service(service) if pod.lasting and pod.containers
        )
        for index, port in ports if pods else ():
            found += _leading(service, (*PATH, index), port, pods)
    return judged(SPEC, observation, looked, found)


def _twice(
    service: KubernetesObject, ports: list[tuple[int, Mapping[str, Any]]]
) -> Iterator[Finding]:
    """Numbers and names that occur twice, and several ports of which one has no name."""
    numbers: set[tuple[int, str]] = set()
    names: set[str] = set()
    for index, port in ports:
        number, name = whole(port.get("port")), port.get("name")
        transport = protocol(port)
        if number is not None and (number, transport) in numbers:
            yield finding(
                service, (*PATH, index, "port"), "same-port", port=number, protocol=transport
            )
        elif isinstance(name, str) and name in names:
            yield finding(service, (*PATH, index, "name"), "same-name", port=name)
        elif len(ports) > 1 and not name:
            yield finding(service, (*PATH, index), "unnamed", port=number or 0)
        if number is not None:
            numbers.add((number, transport))
        if isinstance(name, str):
            names.add(name)


def _leading(
    service: KubernetesObject, path: KeyPath, port: Mapping[str, Any], pods: tuple[Pod, ...]
) -> Iterator[Finding]:
    target, transport = target_of(port), protocol(port)
    if target is None:
        return
    without = [pod for pod in pods if port_in(pod, target, transport) is None]
    if not without:
        return
    place = (*path, "targetPort") if "targetPort" in port else (*path, "port")
    owner = f"{without[0].owner.kind}/{without[0].owner.name}"
    if isinstance(target, str):
        other = next((p for pod in without for p in ports_of(pod) if p.name == target), None)
        code = "no-name" if other is None else "other-protocol"
        # Of several workloads one may serve the port: `service-selectors` questions that.
        status = None if len(without) == len(pods) else Status.WARN
        yield finding(
            service, place, code, status=status, port=target, protocol=transport, owner=owner
        )
    elif any(ports_of(pod) for pod in without):
        yield finding(
            service,
            place,
            "undeclared",
            status=Status.WARN,
            port=target,
            protocol=transport,
            owner=owner,
        )


CHECK = Check(SPEC, (Manifests,), judge)
