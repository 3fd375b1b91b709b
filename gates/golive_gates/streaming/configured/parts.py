"""What files say of the way of a stream: routes with their effective values, and workloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.api import EvidenceRef, Location, ResourceRef
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, json_path
from golive.sources.tree import NginxConfig, SourceFile, SourceProblem

INGRESS_NGINX, F5, NGINX, GATEWAY = "ingress-nginx", "f5-nginx-ingress", "nginx", "gateway"
OTHER = "other"
"""Kinds of proxies. F5's is the controller with ``nginx.org`` annotations; of an Ingress whose
controller golive does not know, nothing is known but that it is there."""

ANNOTATION, CONFIG_MAP, DIRECTIVE, FIELD, DEFAULT = (
    "annotation",
    "config-map",
    "directive",
    "field",
    "default",
)
"""Where an effective value comes from."""


@dataclass(frozen=True, slots=True)
class Effective:
    """The value that is in force on a route, and where it was decided.

    ``value``: seconds, yes or no, or a word, by setting; ``None``: no limit, or, with
    ``unknown``, not to be told from files. ``written``: as it stands there. ``discarded``: why
    the proxy ignores what is written (a catalogue code), so that ``value`` is what applies
    instead. ``resource`` and ``json_path``: of the object that it stands in, if it is one.
    """

    value: str | float | bool | None
    origin: str
    location: Location | None = None
    written: str = ""
    discarded: str = ""
    unknown: bool = False
    resource: ResourceRef | None = None
    json_path: str = ""


def stated(
    holder: KubernetesObject,
    path: KeyPath,
    value: str | float | bool | None,
    origin: str,
    *,
    instead: Effective | None = None,
    discarded: str = "",
    unknown: bool = False,
) -> Effective:
    """What *holder* states at *path*, as *value*; *instead*: what applies where it is ignored."""
    name = str(path[-1]).rpartition("/")[2]
    return Effective(
        value if instead is None else instead.value,
        origin if instead is None else instead.origin,
        holder.at(path),
        f"{name}: {holder.get(*path)}",
        discarded,
        unknown,
        holder.ref,
        json_path(path),
    )


@dataclass(frozen=True, slots=True)
class Route:
    """One way into the service. ``settings`` by name, of which a proxy has those that exist.

    Names: ``buffering`` (bool), ``request-buffering`` (bool), ``read-timeout``, ``send-timeout``,
    ``total-timeout``, ``upstream-keepalive-timeout``, ``client-keepalive-timeout``,
    ``worker-shutdown-timeout`` (seconds), ``http-version`` (to the upstream), ``compression``
    (bool: of event streams), ``retries`` (bool: a request may be sent to the upstream twice),
    ``limit-status`` (status over a rate or connection limit), ``limit-connections`` (number),
    ``limit-requests`` (a second), ``backend-timeout`` (seconds; a Gateway's limit of one try),
    ``body-limit`` (bytes of a request), ``keep-alive`` (bool: connections to the upstream are
    meant to be kept), ``connection-header`` (what the upstream is sent as ``Connection``).
    A canary has those of the Ingress that it belongs to, none when there is none.
    """

    proxy: str
    name: str
    host: str
    path: str
    location: Location
    streaming: bool
    backend: str = ""
    backend_port: str = ""
    resource: ResourceRef | None = None
    canary: bool = False
    settings: Mapping[str, Effective] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Configured:
    """The release's files as far as streams are concerned.

    ``canary_streams``: the most streams at once that a canary stage of the run admits, if any.
    """

    files: tuple[SourceFile, ...]
    routes: tuple[Route, ...]
    objects: tuple[KubernetesObject, ...]
    nginx: tuple[NginxConfig, ...] = ()
    problems: tuple[SourceProblem, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    canary_streams: int | None = None
