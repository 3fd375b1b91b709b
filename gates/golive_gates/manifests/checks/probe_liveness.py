"""``manifests.probe-liveness``: no container is restarted for being busy.

What: the liveness probe does not ask the same as the readiness probe while giving up as soon or
sooner (``periodSeconds`` x ``failureThreshold``). A liveness probe of an endpoint that is named
for readiness is questioned. Why: readiness fails while a dependency is away or a pod is full;
when liveness fails with it, the pod is killed with all its streams instead of being spared new
ones, and its neighbours follow. Remedy: give liveness an endpoint of its own that depends on
nothing, or at least more patience than readiness.
"""

from __future__ import annotations

import re

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
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.probing import LIVENESS, READINESS, Probe, path_of, probe_of
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.probe-liveness", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
_READY = re.compile(r"(?:^|[^a-z])(?:ready|readyz|readiness)(?:[^a-z]|$)", re.IGNORECASE)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every container with a liveness probe."""
    del settings
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph_of(observation)):
        liveness = probe_of(container, LIVENESS)
        if liveness is None or not liveness.request:
            continue
        looked += 1
        readiness = probe_of(container, READINESS)
        asked = path_of(liveness.data)
        if _as_strict(liveness, readiness):
            code, status = "as-readiness", None
        elif _READY.search(asked):
            code, status = "asks-readiness", Status.WARN
        else:
            continue
        found.append(
            finding(
                pod.owner,
                liveness.path,
                code,
                container=container.name,
                status=status,
                key=True,
                asked=asked[:100],
                liveness=liveness.detects_in,
                readiness=readiness.detects_in if readiness else 0,
            )
        )
    return judged(SPEC, observation, looked, found)


def _as_strict(liveness: Probe, readiness: Probe | None) -> bool:
    """Whether liveness gives up no later than readiness, on the same question.

    Being listened to is the least that both can ask, so a TCP connection alone is no dependency.
    """
    return (
        readiness is not None
        and liveness.request == readiness.request
        and liveness.request[0] != "tcp"
        and liveness.detects_in <= readiness.detects_in
    )


CHECK = Check(SPEC, (Manifests,), judge)
