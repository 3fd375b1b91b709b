"""``golive.yaml`` as frozen types. The JSON Schema and the decoder both derive from these.

Quantities are decoded at the edge: a ``Duration`` is seconds, a ``Ratio`` lies in [0, 1].
Field names are the YAML keys (``apiVersion`` aside). What may be missing in a file but is
needed for a verdict is ``None`` here, so that a check can say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

from golive.config.markers import (
    AtLeast,
    Count,
    Described,
    Duration,
    DurationOrZero,
    Form,
    Host,
    Name,
    Quantity,
    Ratio,
    SecretRef,
    Url,
    UrlPath,
)
from golive.config.release import (
    Attestation,
    Authorisation,
    CanaryStage,
    Channel,
    Checklist,
    Claim,
    Contact,
    Document,
    Permission,
    Release,
    Service,
    Waiver,
)
from golive.model import Comparator

__all__ = [
    "Attestation",
    "Auth",
    "Authorisation",
    "Budgeting",
    "CanaryStage",
    "Channel",
    "Checklist",
    "Claim",
    "Cluster",
    "Config",
    "Contact",
    "Count",
    "Described",
    "Document",
    "Duration",
    "DurationOrZero",
    "Form",
    "GenerateApi",
    "Host",
    "Indicator",
    "Name",
    "Objective",
    "Permission",
    "Profile",
    "ProjectApi",
    "Prometheus",
    "Quantity",
    "RateLimit",
    "Ratio",
    "Release",
    "SecretRef",
    "Service",
    "ServiceEndpoint",
    "Slo",
    "Target",
    "Tls",
    "Url",
    "UrlPath",
    "Waiver",
]


@dataclass(frozen=True, slots=True)
class Auth:
    """Credentials sent with API requests; ``token`` is a reference, never a value."""

    token: SecretRef
    header: str = "Authorization"
    scheme: str = "Bearer"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The limit the target declares per client; golive's own plan stays below it."""

    requests: Count
    window: Duration
    paths: tuple[UrlPath, ...] = ("/",)


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate verification; on by default. ``ca``: path of a PEM bundle."""

    verify: bool = True
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceEndpoint:
    """One running service of the target. Paths are relative to ``url``."""

    name: Name
    url: Url
    health: UrlPath = "/healthz"
    ready: UrlPath = "/readyz"
    openapi: UrlPath | None = None
    metrics: UrlPath | None = None
    direct_url: Url | None = None


@dataclass(frozen=True, slots=True)
class ProjectApi:
    """Create, read back and delete one object. ``{unique}`` in strings is replaced per request."""

    service: str
    path: UrlPath
    body: Mapping[str, Any]
    id_field: str = "projectId"
    item_path: UrlPath | None = None
    delete: bool = True


@dataclass(frozen=True, slots=True)
class GenerateApi:
    """The streaming route. ``known_answer``: the whole content expected for ``body``."""

    service: str
    path: UrlPath
    body: Mapping[str, Any]
    content_events: tuple[str, ...] = ("content",)
    content_field: str | None = None
    terminal_event: str = "done"
    known_answer: str | None = None
    timeout: Duration = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """The generator under test.

    ``clients``: further identities beside ``auth``, by name. ``load``: one whose rate limit
    admits the declared load; ``limit``: one whose rate limit may be used up; ``other``: another
    tenant; ``expired``: one that must be refused.
    """

    services: Annotated[tuple[ServiceEndpoint, ...], AtLeast(1)]
    auth: Auth | None = None
    clients: Mapping[str, Auth] = field(default_factory=dict)
    rate_limit: RateLimit | None = None
    tls: Tls = Tls()
    project_api: ProjectApi | None = None
    generate_api: GenerateApi | None = None

    def service(self, name: str) -> ServiceEndpoint:
        """The service called *name*. Raises ``KeyError``; the loader has checked references."""
        return next(s for s in self.services if s.name == name)


@dataclass(frozen=True, slots=True)
class Objective:
    """``>= 99%``: comparator and ratio. For latency the ratio is the share within ``threshold``."""

    comparator: Comparator
    ratio: float


class Budgeting(StrEnum):
    """OpenSLO budgeting methods that golive evaluates."""

    OCCURRENCES = "Occurrences"
    TIMESLICES = "Timeslices"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An SLI from Prometheus.

    ``ratio``: ``good`` (or ``bad``) and ``total`` are series selectors; with ``counter`` they
    are wrapped in ``increase``. ``raw``: a query that yields the ratio itself. ``value``: a
    query whose sample is compared with the SLO's ``threshold`` by ``op``. With ``raw_type``
    ``failure`` the raw query yields the share of bad events.
    """

    kind: Literal["ratio", "raw", "value"]
    good: str | None = None
    bad: str | None = None
    total: str | None = None
    query: str | None = None
    counter: bool = True
    op: Comparator = Comparator.LE
    raw_type: Literal["success", "failure"] = "success"


@dataclass(frozen=True, slots=True)
class Slo:
    """One objective. ``id`` is what checks look up: readiness, error-rate, ..."""

    id: Name
    sli: str | None = None
    objective: Objective | None = None
    window: Duration | None = None
    threshold: Duration | None = None
    indicator: Indicator | None = None
    budgeting: Budgeting = Budgeting.OCCURRENCES
    slice_window: Duration | None = None
    slice_target: Ratio | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """Where SLO history is read."""

    url: Url
    scrape_interval: Duration = 30.0
    auth: Auth | None = None
    tls: Tls = Tls()
    timeout: Duration = 30.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Kubernetes access for live checks; read-only."""

    namespace: Name
    context: str | None = None
    kubeconfig: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Which gates this release must pass. ``None``: every gate that is installed."""

    gates: Annotated[tuple[str, ...], AtLeast(1)] | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of ``golive.yaml``, checked."""

    api_version: Literal["golive/v1"]
    service: Service
    target: Target | None = None
    release: Release = field(default_factory=Release)
    slos: tuple[Slo, ...] = ()
    slo_files: tuple[str, ...] = ()
    prometheus: Prometheus | None = None
    cluster: Cluster | None = None
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    profile: Profile = Profile()
    authorisations: tuple[Authorisation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    issues: tuple[Claim, ...] = ()
    infrastructure: tuple[Claim, ...] = ()
    checklist: Checklist = field(default_factory=Checklist)
    canary: tuple[CanaryStage, ...] = ()
    contacts: tuple[Contact, ...] = ()
    channels: tuple[Channel, ...] = ()
    documents: tuple[Document, ...] = ()

    def slo(self, slo_id: str) -> Slo | None:
        """The SLO called *slo_id*, or ``None``."""
        return next((s for s in self.slos if s.id == slo_id), None)
