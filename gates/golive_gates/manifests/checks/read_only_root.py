"""``manifests.read-only-root``: no process can change the image it runs from.

What: ``readOnlyRootFilesystem: true`` for every container and init container of pods on Linux.
Why: what breaks in then finds nowhere to put its tools, and what the service writes is written to
a volume on purpose, with a size. Remedy: set it, and mount an ``emptyDir`` with a ``sizeLimit``
where the service writes, such as ``/tmp``.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Severity
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.values import mapping, misspelt
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.read-only-root", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
PATH = ("securityContext", "readOnlyRootFilesystem")
OS_LABEL = "kubernetes.io/os"


def on_windows(pod: Pod) -> bool:
    """Whether *pod* says that it runs on Windows, or chooses its nodes."""
    chosen = mapping(pod.spec.get("nodeSelector")).get(OS_LABEL)
    return "windows" in (mapping(pod.spec.get("os")).get("name"), chosen)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Ephemeral containers are tools of a moment and are left out."""
    del settings
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph_of(observation), "container", "init", "sidecar"):
        if on_windows(pod):
            continue
        looked += 1
        value = container.get(*PATH)
        context = mapping(container.data.get(PATH[0]))
        if misspelt(container.data, PATH[0]) or misspelt(context, PATH[1]):
            continue
        if value is None or value is False:
            path = (*container.path, *PATH)
            code = "unset" if value is None else "writable"
            found.append(finding(pod.owner, path, code, container=container.name))
    return judged(SPEC, observation, looked, found)


CHECK = Check(SPEC, (Manifests,), judge)
