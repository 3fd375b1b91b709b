"""What is seen of a cluster: raw facts, no verdicts, no secret values.

Times are aware; ``None`` stands for what the API did not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from golive.api import EvidenceRef


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that was asked of the API server, in one or more pages.

    ``resource``: as RBAC names it with its group (``deployments.apps``), a single object as
    ``secrets/web-tls``. ``checks``: names of the checks that need the answer. ``outcome``:
    ``ok``, ``not-installed`` (so there is none of it), ``forbidden``, ``unauthorised``,
    ``absent``, ``tls``, ``unreachable``, ``timed-out``, ``not-json``, ``server-error``,
    ``too-large``, ``too-many`` or ``gone``. ``status``: of HTTP.
    """

    verb: str
    resource: str
    checks: tuple[str, ...]
    outcome: str
    status: int | None = None
    detail: str = ""
    requests: int = 1
    items: int = 0

    @property
    def answered(self) -> bool:
        """Whether all that was asked for came."""
        return self.outcome in ("ok", "not-installed")


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of ``status.conditions``; ``status`` is ``True``, ``False`` or ``Unknown``."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet, its counters under one name.

    ``wanted``: replicas that should run; ``present``: that exist, old ones included;
    ``partition``: pods of a StatefulSet that are meant to stay old; ``on_delete``: pods are only
    replaced when somebody deletes them.
    """

    kind: str
    name: str
    selector: Mapping[str, Any] | None
    wanted: int
    present: int
    updated: int
    available: int
    generation: int | None = None
    observed_generation: int | None = None
    partition: int = 0
    on_delete: bool = False
    paused: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class ContainerState:
    """How one container of a pod is. ``ended``: why its last run ended, and when."""

    name: str
    restarts: int
    waiting: str = ""
    message: str = ""
    ended: str = ""
    exit_code: int | None = None
    ended_at: datetime | None = None
    init: bool = False


@dataclass(frozen=True, slots=True)
class PodSeen:
    """One pod. ``owner``: kind and name of its controller."""

    name: str
    labels: Mapping[str, str]
    phase: str
    ready: bool
    owner_kind: str = ""
    owner_name: str = ""
    containers: tuple[ContainerState, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """A Service. ``type``: ClusterIP, ExternalName, ..."""

    name: str
    type: str
    selector: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """One EndpointSlice: how many of its endpoints are ready to serve."""

    service: str
    ready: int
    not_ready: int


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """A HorizontalPodAutoscaler. ``metrics``: those it wants; ``read``: those it has values of."""

    name: str
    target_kind: str
    target_name: str
    current: int | None
    most: int | None
    metrics: int
    read: int
    metric_types: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """A PodDisruptionBudget. ``allowed``: disruptions that it allows now."""

    name: str
    selector: Mapping[str, Any] | None
    allowed: int | None
    healthy: int | None = None
    desired: int | None = None
    expected: int | None = None
    generation: int | None = None
    observed_generation: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One Warning event about an object; ``count`` times, the last at ``last``."""

    kind: str
    name: str
    reason: str
    message: str
    count: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class TlsUse:
    """An Ingress or Gateway that serves *hosts* with the certificate in a Secret."""

    kind: str
    name: str
    secret: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """The validity of a certificate, never its key.

    ``source``: ``secret`` for the leaf in a TLS Secret, ``cert-manager`` for a Certificate.
    ``names``: DNS names that it is valid for. ``problem``: why it could not be read, else empty;
    ``ready``: the Certificate's own condition.
    """

    source: str
    name: str
    secret: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    names: tuple[str, ...] = ()
    ready: bool | None = None
    message: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """An object that the files state, as the cluster has it.

    ``found``: ``None`` when it could not be looked for. ``data``: only what the files state.
    """

    api_version: str
    kind: str
    name: str
    found: bool | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """One look at one namespace, at ``at``. ``apis``: API groups of the cluster, if known.

    ``verified``: whether the API server had to prove who it is.
    ``elsewhere``: objects of the files that are not of this namespace and were not compared.
    """

    namespace: str
    at: datetime
    host: str = ""
    verified: bool = True
    version: str = ""
    apis: tuple[str, ...] | None = None
    calls: tuple[Call, ...] = ()
    stated: tuple[Stated, ...] = ()
    elsewhere: int = 0
    workloads: tuple[Workload, ...] = ()
    pods: tuple[PodSeen, ...] = ()
    services: tuple[ServiceSeen, ...] = ()
    endpoints: tuple[Endpoints, ...] = ()
    autoscalers: tuple[Autoscaler, ...] = ()
    budgets: tuple[Budget, ...] = ()
    events: tuple[Event, ...] = ()
    tls: tuple[TlsUse, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
