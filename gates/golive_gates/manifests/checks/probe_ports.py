"""``manifests.probe-ports``: probes and hooks ask at a port that is there.

What: a port that a probe or hook names is declared by its container, and a number lies between 1
and 65535. A number that the pod does not declare, although it declares others, only warns: a
declaration opens no port. Why: such a probe never succeeds, so the pod never gets ready or is
restarted for ever. Remedy: name a port of the container.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.probing import KINDS
from golive_gates.manifests.relations.values import mapping, whole
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.probe-ports", needs=EvidenceLevel.STATIC)
PLACES: tuple[tuple[str, ...], ...] = (
    *((kind,) for kind in KINDS),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A probe of another host (``host``) says nothing about the pod's ports."""
    del settings
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph_of(observation)):
        for path, port in _asked(container):
            looked += 1
            code, status = _problem(pod, container, port)
            if code:
                found.append(
                    finding(
                        pod.owner,
                        (*container.path, *path),
                        code,
                        container=container.name,
                        status=status,
                        port=str(port),
                        probe=".".join(map(str, path[:-2])),
                    )
                )
    return judged(SPEC, observation, looked, found)


def _asked(container: Container) -> Iterator[tuple[KeyPath, str | int]]:
    """Ports that probes and hooks ask at, each with its path in the container."""
    for place in PLACES:
        if place[0] not in container.data:
            continue
        for handler in ("httpGet", "tcpSocket", "grpc"):
            asks = mapping(container.get(*place, handler))
            port = asks.get("port")
            if asks.get("host") or isinstance(port, bool) or not isinstance(port, str | int):
                continue
            yield (*place, handler, "port"), port


def _problem(pod: Pod, container: Container, port: str | int) -> tuple[str, Status | None]:
    if isinstance(port, str):
        if port.isdecimal():
            return "quoted-number", None
        named = any(p.get("name") == port for p in container.ports)
        return ("" if named else "no-such-port"), None
    if not 1 <= port <= 65535:
        return "out-of-range", None
    if not container.ports:
        return "", None
    declared = {whole(p.get("containerPort")) for c in pod.containers for p in c.ports}
    return ("" if port in declared else "undeclared"), Status.WARN


CHECK = Check(SPEC, (Manifests,), judge)
