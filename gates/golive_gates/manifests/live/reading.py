"""JSON of the Kubernetes API to parts. Any value may have any type; what is odd is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from golive.sanitize import clean
from golive.sources.kubernetes.objects import dig
from golive_gates.manifests.live.parts import (
    Autoscaler,
    Budget,
    Certificate,
    Condition,
    ContainerState,
    Endpoints,
    Event,
    PodSeen,
    ServiceSeen,
    TlsUse,
    Workload,
)

Json = Mapping[str, Any]


def workload(kind: str, item: Json) -> Workload:
    """A Deployment, StatefulSet or DaemonSet; a DaemonSet counts nodes."""
    if kind == "DaemonSet":
        wanted = _count(item, "status", "desiredNumberScheduled")
        present = _count(item, "status", "currentNumberScheduled")
        updated = _count(item, "status", "updatedNumberScheduled")
        available = _count(item, "status", "numberAvailable")
    else:
        replicas = _whole(item, "spec", "replicas")
        wanted = 1 if replicas is None else replicas
        present = _count(item, "status", "replicas")
        updated = _count(item, "status", "updatedReplicas")
        available = _count(item, "status", "availableReplicas")
    return Workload(
        kind=kind,
        name=name_of(item),
        selector=_selector(item),
        wanted=wanted,
        present=present,
        updated=updated,
        available=available,
        generation=_whole(item, "metadata", "generation"),
        observed_generation=_whole(item, "status", "observedGeneration"),
        partition=_count(item, "spec", "updateStrategy", "rollingUpdate", "partition"),
        on_delete=_text(item, "spec", "updateStrategy", "type") == "OnDelete",
        paused=dig(item, ("spec", "paused")) is True,
        conditions=_conditions(item),
    )


def pod(item: Json) -> PodSeen:
    """A pod with the state of each of its containers."""
    owner = next((o for o in _each(item, "metadata", "ownerReferences") if o.get("controller")), {})
    states = (
        *(_state(s, init=True) for s in _each(item, "status", "initContainerStatuses")),
        *(_state(s) for s in _each(item, "status", "containerStatuses")),
    )
    ready = any(c.type == "Ready" and c.status == "True" for c in _conditions(item))
    phase = _text(item, "status", "phase")
    return PodSeen(
        name=name_of(item),
        labels=_texts(item, "metadata", "labels"),
        phase=phase,
        ready=ready,
        owner_kind=_text(owner, "kind"),
        owner_name=_text(owner, "name"),
        containers=states,
    )


def _state(item: Json, *, init: bool = False) -> ContainerState:
    ended = _mapping(item, "state", "terminated") or _mapping(item, "lastState", "terminated")
    return ContainerState(
        name=_text(item, "name"),
        restarts=_count(item, "restartCount"),
        waiting=_text(item, "state", "waiting", "reason"),
        message=_text(item, "state", "waiting", "message"),
        ended=_text(ended, "reason"),
        exit_code=_whole(ended, "exitCode"),
        ended_at=time_of(ended.get("finishedAt")),
        init=init,
    )


def service(item: Json) -> ServiceSeen:
    """A Service."""
    return ServiceSeen(
        name_of(item),
        _text(item, "spec", "type") or "ClusterIP",
        _texts(item, "spec", "selector"),
    )


def endpoints(item: Json) -> Endpoints:
    """One EndpointSlice; an endpoint that says nothing of its readiness counts as ready."""
    states = [dig(e, ("conditions", "ready")) is not False for e in _each(item, "endpoints")]
    service_name = _texts(item, "metadata", "labels").get("kubernetes.io/service-name", "")
    return Endpoints(service_name, sum(states), len(states) - sum(states))


def autoscaler(item: Json) -> Autoscaler:
    """A HorizontalPodAutoscaler; an empty entry of ``currentMetrics`` is a metric not read."""
    wanted = list(_each(item, "spec", "metrics"))
    read = [m for m in _each(item, "status", "currentMetrics") if m.get("type")]
    return Autoscaler(
        name=name_of(item),
        target_kind=_text(item, "spec", "scaleTargetRef", "kind"),
        target_name=_text(item, "spec", "scaleTargetRef", "name"),
        current=_whole(item, "status", "currentReplicas"),
        most=_whole(item, "spec", "maxReplicas"),
        metrics=len(wanted),
        read=len(read),
        metric_types=tuple(sorted({_text(m, "type") for m in wanted})),
        conditions=_conditions(item),
    )


def budget(item: Json) -> Budget:
    """A PodDisruptionBudget."""
    return Budget(
        name=name_of(item),
        selector=_selector(item),
        allowed=_whole(item, "status", "disruptionsAllowed"),
        healthy=_whole(item, "status", "currentHealthy"),
        desired=_whole(item, "status", "desiredHealthy"),
        expected=_whole(item, "status", "expectedPods"),
        generation=_whole(item, "metadata", "generation"),
        observed_generation=_whole(item, "status", "observedGeneration"),
    )


def event(item: Json) -> Event:
    """One event of the core API, which holds those of ``events.k8s.io`` too."""
    last = (
        dig(item, ("series", "lastObservedTime"))
        or item.get("lastTimestamp")
        or item.get("eventTime")
        or dig(item, ("metadata", "creationTimestamp"))
    )
    count = _whole(item, "series", "count") or _whole(item, "count") or 1
    return Event(
        kind=_text(item, "involvedObject", "kind"),
        name=_text(item, "involvedObject", "name"),
        reason=_text(item, "reason"),
        message=_text(item, "message"),
        count=max(1, count),
        last=time_of(last),
    )


def tls_of_ingress(item: Json) -> Iterator[TlsUse]:
    """The Secrets that an Ingress serves TLS with."""
    for entry in _each(item, "spec", "tls"):
        secret = _text(entry, "secretName")
        if secret:
            hosts = tuple(h for h in _list(entry, "hosts") if isinstance(h, str))
            yield TlsUse("Ingress", name_of(item), secret, hosts)


def issued(item: Json) -> Certificate:
    """A Certificate of cert-manager."""
    ready = next((c for c in _conditions(item) if c.type == "Ready"), None)
    return Certificate(
        source="cert-manager",
        name=name_of(item),
        secret=_text(item, "spec", "secretName"),
        not_before=time_of(dig(item, ("status", "notBefore"))),
        not_after=time_of(dig(item, ("status", "notAfter"))),
        names=tuple(n for n in _list(item, "spec", "dnsNames") if isinstance(n, str)),
        ready=None if ready is None else ready.status == "True",
        message="" if ready is None else ready.message,
    )


def name_of(item: Json) -> str:
    """The object's name."""
    return _text(item, "metadata", "name")


def time_of(value: object) -> datetime | None:
    """An RFC 3339 time; ``None`` for anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _conditions(item: Json) -> tuple[Condition, ...]:
    return tuple(
        Condition(*(_text(c, key) for key in ("type", "status", "reason", "message")))
        for c in _each(item, "status", "conditions")
    )


def _text(item: Json, *path: str) -> str:
    found = dig(item, path)
    return clean(found) if isinstance(found, str) else ""


def _whole(item: Json, *path: str) -> int | None:
    found = dig(item, path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _count(item: Json, *path: str) -> int:
    return max(0, _whole(item, *path) or 0)


def _mapping(item: Json, *path: str) -> Json:
    found = dig(item, path)
    return found if isinstance(found, Mapping) else {}


def _selector(item: Json) -> Json | None:
    """The label selector, with nothing in it but what a label selector has."""
    if not isinstance(dig(item, ("spec", "selector")), Mapping):
        return None
    return {
        "matchLabels": _texts(item, "spec", "selector", "matchLabels"),
        "matchExpressions": [
            {
                "key": _text(e, "key"),
                "operator": _text(e, "operator"),
                "values": [v for v in _list(e, "values") if isinstance(v, str)],
            }
            for e in _each(item, "spec", "selector", "matchExpressions")
        ],
    }


def _texts(item: Json, *path: str) -> dict[str, str]:
    return {k: v for k, v in _mapping(item, *path).items() if isinstance(v, str)}


def _list(item: Json, *path: str) -> list[Any]:
    found = dig(item, path)
    return found if isinstance(found, list) else []


def _each(item: Json, *path: str) -> list[Json]:
    return [e for e in _list(item, *path) if isinstance(e, Mapping)]
