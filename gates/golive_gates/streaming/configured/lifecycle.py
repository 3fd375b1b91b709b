"""What the judges of a stream's life share: the workloads on its way, and how findings read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
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
from golive.inspecting import Same
from golive.model import Scalar
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, json_path
from golive_gates.streaming.configured import looking
from golive_gates.streaming.configured.parts import Configured, Effective, Route
from golive_gates.streaming.configured.workloads import Ways, ways_of
from golive_gates.streaming.settings import Settings

USUAL_STREAMS = 50
"""Streams at once where nobody has declared a number: as many as are held on the wire."""


def ways_in(observation: Observation) -> tuple[Configured, Ways]:
    """The part, and the workloads that streams pass; worked out once for all checks of a run."""
    part = observation.require(Configured)
    return part, _ways(Same(part))


def graph_in(observation: Observation) -> Graph:
    """The objects of the part as a graph."""
    return _graph(Same(observation.require(Configured)))


@lru_cache(maxsize=2)
def _graph(held: Same[Configured]) -> Graph:
    return Graph(held.part.objects)


@lru_cache(maxsize=2)
def _ways(held: Same[Configured]) -> Ways:
    return ways_of(held.part, _graph(held))


def streams_of(settings: Settings, part: Configured) -> tuple[int, bool]:
    """Streams at once that the release has to carry, and whether somebody has declared them."""
    declared = settings.concurrent_streams or max(settings.held, default=0) or part.canary_streams
    return (declared, True) if declared else (USUAL_STREAMS, False)


def known(route: Route, name: str) -> Effective | None:
    """Setting *name* of *route* where it exists and the files tell it."""
    found = route.settings.get(name)
    return None if found is None or found.unknown else found


def seconds(setting: Effective | None) -> float | None:
    """The setting as a number; ``None`` for no limit and for what is no number."""
    value = None if setting is None else setting.value
    return float(value) if isinstance(value, int | float) and value is not True else None


Params = Mapping[str, Scalar]


def at_object(
    owner: KubernetesObject,
    path: KeyPath,
    code: str,
    params: Params,
    *,
    container: str = "",
    status: Status | None = None,
) -> Finding:
    """A finding at *path* of *owner*; *params* fill the sentence *code* of the catalogue."""
    subject = f"{owner.ref}" + (f" [{container}]" if container else "")
    reason, place = Reason(code, params), owner.at(path)
    return Finding(subject, reason, place, status, owner.ref, container, json_path(path))


def judged(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    *facts: Fact,
) -> CheckResult:
    """As :func:`looking.judged`, with *facts* that a reader should see."""
    result = looking.judged(spec, observation, subjects, findings)
    return result if result.status is Status.NOT_APPLICABLE else replace(result, facts=facts)
