"""What an autoscaler follows, how far it goes, and how it comes down. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, dig
from golive.sources.kubernetes.quantities import number

_STREAMS = re.compile(
    r"stream|sse|connection|session|concurren|in_?flight|active|open", re.IGNORECASE
)
"""Names of metrics whose number a pod is that of the streams that it holds."""
USUAL_WINDOW = 300.0
"""``stabilizationWindowSeconds`` of a scale-down where none is given."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One metric. ``idle``: CPU or memory. ``target``: streams a pod, where it counts them."""

    name: str
    idle: bool
    path: KeyPath
    target: float | None = None


def followed(scaler: KubernetesObject) -> tuple[Followed, ...]:
    """What *scaler* follows; a HorizontalPodAutoscaler that names nothing follows CPU."""
    if scaler.kind == "ScaledObject":
        return tuple(_triggers(scaler))
    found = tuple(_metrics(scaler))
    if found or scaler.sequence("spec", "metrics"):
        return found
    return (Followed("cpu", True, ("spec",)),)


def _metrics(scaler: KubernetesObject) -> Iterator[Followed]:
    for index, metric in enumerate(scaler.sequence("spec", "metrics")):
        kind = dig(metric, ("type",))
        if not isinstance(kind, str):
            continue
        key = kind[:1].lower() + kind[1:]
        path: KeyPath = ("spec", "metrics", index, key)
        if kind in ("Resource", "ContainerResource"):
            yield Followed(str(dig(metric, (key, "name"), "")), True, path)
            continue
        name = str(dig(metric, (key, "metric", "name"), ""))
        target = number(dig(metric, (key, "target", "averageValue")))
        yield Followed(name, False, path, target if _STREAMS.search(name) else None)


def _triggers(scaler: KubernetesObject) -> Iterator[Followed]:
    for index, trigger in enumerate(scaler.sequence("spec", "triggers")):
        kind = str(dig(trigger, ("type",), ""))
        yield Followed(kind, kind in ("cpu", "memory"), ("spec", "triggers", index))


def most_pods(scaler: KubernetesObject) -> float:
    """Pods that *scaler* goes up to; those of a ScaledObject that names none."""
    for key in ("maxReplicas", "maxReplicaCount"):
        most = scaler.get("spec", key)
        if isinstance(most, int) and not isinstance(most, bool):
            return float(most)
    return 100.0 if scaler.kind == "ScaledObject" else 1.0


def window_of(scaler: KubernetesObject) -> tuple[float, KeyPath]:
    """Seconds that a scale-down waits, and where they stand; ``inf`` where there is none."""
    base: KeyPath = ("spec",)
    if scaler.kind == "ScaledObject":
        base = ("spec", "advanced", "horizontalPodAutoscalerConfig")
    path = (*base, "behavior", "scaleDown")
    if scaler.get(*path, "selectPolicy") == "Disabled":
        return math.inf, path
    seconds = scaler.get(*path, "stabilizationWindowSeconds")
    if isinstance(seconds, int) and not isinstance(seconds, bool):
        return float(seconds), (*path, "stabilizationWindowSeconds")
    return USUAL_WINDOW, path
