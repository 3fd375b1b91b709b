"""``manifests.probes``: what serves requests says when it can.

What: the container behind each port of a Service has a readiness probe, and every probe asks
something, in a container that may have one. A missing liveness probe only warns; pods of Jobs
and containers behind no Service need neither. Why: without readiness a pod gets requests from
the moment its process starts until it is gone, so each roll-out drops some. Remedy: add a
readiness probe on an endpoint that fails while the service cannot answer or is draining.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Container, Pod
from golive.sources.kubernetes.schema_apis import is_builtin
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.probing import (
    LIVENESS,
    READINESS,
    Probe,
    handlers,
    probes_of,
)
from golive_gates.manifests.relations.values import misspelt
from golive_gates.manifests.serving import Served, served
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.probes", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One readiness probe is enough where the files leave open which container answers."""
    del settings
    graph = graph_of(observation)
    looked = 0
    found: list[Finding] = []
    for behind in _once(graph):
        looked += 1
        found += _absent(behind)
    for pod, container in containers(graph):
        for probe in probes_of(container):
            looked += 1
            asked = handlers(probe)
            if not container.stays:
                found.append(_of_probe(pod, container, probe, "not-staying"))
            elif len(asked) != 1 and not is_builtin(pod.owner.group):
                # Of kinds that Kubernetes itself has, `manifests.schema` reports it.
                code = "asks-twice" if asked else "asks-nothing"
                found.append(_of_probe(pod, container, probe, code))
    return judged(SPEC, observation, looked, found)


def _once(graph: Graph) -> Iterator[Served]:
    """Each set of containers once, however many Services lead to it."""
    seen = set()
    for behind in served(graph):
        key = (id(behind.pod), *(id(c.data) for c in behind.containers))
        if key not in seen:
            seen.add(key)
            yield behind


def _absent(behind: Served) -> Iterator[Finding]:
    first = behind.containers[0]
    for kind, code, status in (
        (READINESS, "no-readiness", None),
        (LIVENESS, "no-liveness", Status.WARN),
    ):
        if not any(_has(c, kind) for c in behind.containers):
            yield finding(
                behind.pod.owner,
                (*first.path, kind),
                code,
                container=first.name,
                status=status,
                service=behind.service.name,
            )


def _has(container: Container, kind: str) -> bool:
    """Whether it has the probe, maybe under a name that `manifests.unknown-fields` corrects."""
    return container.data.get(kind) is not None or misspelt(container.data, kind)


def _of_probe(pod: Pod, container: Container, probe: Probe, code: str) -> Finding:
    return finding(
        pod.owner, probe.path, code, container=container.name, probe=probe.kind, key=True
    )


CHECK = Check(SPEC, (Manifests,), judge)
