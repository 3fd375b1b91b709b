"""``manifests.probe-timings``: probes are patient with a start and quick with an outage.

What: for each container,

* a liveness probe that gives up before the moment at which the readiness probe first asks
  (``initialDelaySeconds``) fails, unless a startup probe holds it back: by the container's own
  word it cannot be up by then;
* a readiness probe behind a Service fails when a fault goes unnoticed for longer than 36 s
  (``periodSeconds`` x ``failureThreshold``). 36 s are 1 % of one hour, the long window of the
  fast burn-rate alert: what is noticed later has cost the hour's 99 % before the pod is taken
  out of the Service, so the probe cannot keep what it is there to keep;
* ``successThreshold`` other than 1 for liveness and startup fails: the API server refuses it;
* these warn: a time-out longer than the period, liveness that restarts on one slow answer or
  leaves less than 10 s for a start, a startup probe that is more patient than the roll-out
  (``progressDeadlineSeconds``).

Why: wrong timings look like an unstable service. Remedy: a startup probe for slow starts, short
readiness periods, patient liveness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
from golive.model import Scalar
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.probing import (
    LIVENESS,
    READINESS,
    STARTUP,
    Probe,
    probes_of,
)
from golive_gates.manifests.relations.values import whole
from golive_gates.manifests.serving import served
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.probe-timings", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
UNNOTICED = 36
"""Seconds: 1 % of an hour."""
LEAST_START = 10
"""Seconds that a start should have where nothing but liveness watches it."""
DEADLINE = 600
"""Seconds: default of ``progressDeadlineSeconds``."""


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    probe: Probe
    params: Mapping[str, Scalar]
    status: Status | None = None


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every container that stays and has a probe."""
    del settings
    graph = graph_of(observation)
    behind = {id(c.data) for s in served(graph) for c in s.containers}
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph, "container", "sidecar"):
        probes = {probe.kind: probe for probe in probes_of(container)}
        looked += len(probes)
        found += [
            finding(
                pod.owner,
                problem.probe.path,
                problem.code,
                container=container.name,
                status=problem.status,
                key=True,
                **problem.params,
            )
            for problem in _problems(pod, probes, serves=id(container.data) in behind)
        ]
    return judged(SPEC, observation, looked, found)


def _problems(pod: Pod, probes: Mapping[str, Probe], *, serves: bool) -> Iterator[_Problem]:
    startup, readiness, liveness = (probes.get(k) for k in (STARTUP, READINESS, LIVENESS))
    for probe in probes.values():
        yield from _on_its_own(probe)
    if readiness and serves and readiness.detects_in > UNNOTICED:
        params = {"seconds": readiness.detects_in, "limit": UNNOTICED}
        yield _Problem("slow-readiness", readiness, params)
    if liveness and not startup:
        yield from _unprotected(liveness, readiness)
    if startup and pod.owner.type == "Deployment.apps":
        deadline = whole(pod.owner.get("spec", "progressDeadlineSeconds")) or DEADLINE
        patience = startup.delay + startup.detects_in
        if patience > deadline:
            params = {"seconds": patience, "limit": deadline}
            yield _Problem("past-deadline", startup, params, Status.WARN)


def _on_its_own(probe: Probe) -> Iterator[_Problem]:
    successes = whole(probe.data.get("successThreshold"))
    if probe.kind != READINESS and successes is not None and successes > 1:
        yield _Problem("success-threshold", probe, {"probe": probe.kind, "count": successes})
    if probe.timeout > probe.period:
        timings = {"timeout": probe.timeout, "period": probe.period}
        yield _Problem("timeout-over-period", probe, {"probe": probe.kind, **timings}, Status.WARN)


def _unprotected(liveness: Probe, readiness: Probe | None) -> Iterator[_Problem]:
    """A liveness probe that watches the start too. The gravest of its problems is told."""
    if readiness and readiness.delay >= liveness.acts_at:
        params = {"seconds": liveness.acts_at, "delay": readiness.delay}
        yield _Problem("kills-before-ready", liveness, params)
    elif liveness.acts_at < LEAST_START:
        params = {"seconds": liveness.acts_at, "limit": LEAST_START}
        yield _Problem("little-start", liveness, params, Status.WARN)
    elif liveness.failures == 1:
        yield _Problem("one-failure", liveness, {"timeout": liveness.timeout}, Status.WARN)


CHECK = Check(SPEC, (Manifests,), judge)
