"""``streaming.autoscaling``: pods are added for streams, and there are enough of them.

What: of every autoscaler of a service that makes streams. It follows something that grows with
the streams, not CPU or memory alone (a warning, since some services do burn CPU for every
token). ``maxReplicas`` times the target of streams a pod reaches the declared number of
streams at once (``gates.streaming.concurrent_streams``). The memory limit leaves each of a
pod's streams at least 256 KiB. Where nobody can tell whether a pod drains, a scale-down waits
for the longest stream; where it does not drain, ``streaming.drain-chain`` says so.
Why: an open stream waits for its provider and uses next to no CPU, so pods fill up unnoticed.
Remedy: scale on the number of open streams, by a Pods, Object or External metric or by KEDA.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    CheckResult,
    Fact,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.model import Scalar
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.quantities import number
from golive_gates.streaming.configured.draining import draining_of
from golive_gates.streaming.configured.lifecycle import (
    at_object,
    graph_in,
    judged,
    streams_of,
    ways_in,
)
from golive_gates.streaming.configured.looking import file_based, file_check
from golive_gates.streaming.configured.scalers import (
    Followed,
    followed,
    most_pods,
    window_of,
)
from golive_gates.streaming.configured.workloads import Hop
from golive_gates.streaming.settings import Settings

SPEC = file_check("autoscaling", Severity.MEDIUM)
A_STREAM = 256 * 1024.0
"""Bytes that one open stream needs at the least: two sockets, a task, its buffers."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every autoscaler of a workload that makes streams."""
    part, ways = ways_in(observation)
    graph = graph_in(observation)
    wanted, _ = streams_of(settings, part)
    findings: list[Finding] = []
    looked = 0
    for hop in ways.hops:
        if hop.front:
            continue  # An nginx holds thousands; its room is `connection-capacity`'s.
        for scaler in graph.scalers_of(hop.pod.owner):
            looked += 1
            metrics = followed(scaler)
            findings += _metrics(scaler, metrics)
            findings += _room(hop, scaler, metrics, wanted)
            findings += _coming_down(hop, scaler, settings)
    fact = Fact("concurrent_streams", wanted)
    return judged(SPEC, observation, looked, findings, fact)


def _metrics(scaler: KubernetesObject, metrics: tuple[Followed, ...]) -> Iterator[Finding]:
    if metrics and all(metric.idle for metric in metrics):
        names = ", ".join(dict.fromkeys(metric.name for metric in metrics))
        yield at_object(scaler, metrics[0].path, "idle", {"metrics": names}, status=Status.WARN)


def _room(
    hop: Hop, scaler: KubernetesObject, metrics: tuple[Followed, ...], wanted: int
) -> Iterator[Finding]:
    pods = most_pods(scaler)
    limit = (*hop.container.path, "resources", "limits", "memory")
    memory = number(hop.pod.owner.get(*limit))
    for metric in metrics:
        each = metric.target
        if not each:
            continue
        params: dict[str, Scalar] = {"each": each}
        if each * pods < wanted:
            params |= {"pods": pods, "most": each * pods, "streams": wanted}
            path = (*metric.path, "target", "averageValue")
            yield at_object(scaler, path, "too-few-pods", params)
        elif memory is not None and memory / each < A_STREAM:
            params |= {"kib": memory / each / 1024, "limit": A_STREAM / 1024}
            owner, name = hop.pod.owner, hop.container.name
            yield at_object(
                owner, limit, "little-memory", params, container=name, status=Status.WARN
            )


def _coming_down(hop: Hop, scaler: KubernetesObject, settings: Settings) -> Iterator[Finding]:
    chain = draining_of(hop)
    drains = chain is None or chain.for_streams is not None or settings.resume == "continue"
    window, path = window_of(scaler)
    if not drains and window < settings.longest_stream:
        params = {"window": window, "limit": settings.longest_stream}
        yield at_object(scaler, path, "comes-down-soon", params, status=Status.WARN)


CHECK = file_based(SPEC, judge)
