"""How judges of this gate look at the objects and come to a result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from golive.api import (
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive.inspecting import Inspection, Same, concluded
from golive.model import Scalar
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, json_path
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.parts import Manifests

READ_CHECK = "manifests.parse"


def graph_of(observation: Observation) -> Graph:
    """The graph of the observed objects; made once for all checks of a run."""
    return _graph(Same(observation.require(Manifests)))


@lru_cache(maxsize=2)
def _graph(known: Same[Manifests]) -> Graph:
    return Graph(known.part.objects)


def containers(graph: Graph, *roles: str) -> Iterator[tuple[Pod, Container]]:
    """Every container of every pod, of the given roles if any."""
    for pod in graph.pods:
        for container in pod.containers:
            if not roles or container.role in roles:
                yield pod, container


def finding(
    owner: KubernetesObject,
    path: KeyPath,
    code: str,
    /,
    *,
    container: str = "",
    status: Status | None = None,
    key: bool = False,
    **params: Scalar,
) -> Finding:
    """A finding at *path* of *owner*; *params* fill the sentence *code* of the catalogue."""
    subject = f"{owner.ref}" + (f" [{container}]" if container else "")
    return Finding(
        subject,
        Reason(code, params),
        owner.at(path, key=key),
        status,
        owner.ref,
        container,
        json_path(path),
    )


def judged(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    facts: Sequence[Fact] = (),
) -> CheckResult:
    """The result of *spec* over the manifests: unread files keep it from passing."""
    part = observation.require(Manifests)
    return concluded(
        spec,
        Inspection(
            subjects,
            tuple(findings),
            len(part.problems),
            READ_CHECK,
            part.evidence,
            tuple(facts),
        ),
    )
