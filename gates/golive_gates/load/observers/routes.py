"""Which routes the load and the rate limit are tried on."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Reason, ServiceEndpoint, Target, Unavailable
from golive_gates.load.settings import Settings


@dataclass(frozen=True, slots=True)
class Route:
    """A path of a service."""

    service: ServiceEndpoint
    path: str


def api_route(target: Target, settings: Settings) -> Route | Unavailable:
    """Where the API requests of the load go."""
    return _route(target, settings.api_service, settings.api_path)


def limited_route(target: Target, settings: Settings) -> Route | Unavailable:
    """Where the rate limit is tried: by default where the API requests go."""
    return _route(
        target,
        settings.rate_limit_service or settings.api_service,
        settings.rate_limit_path or settings.api_path,
    )


def _route(target: Target, service: str, path: str | None) -> Route | Unavailable:
    projects = target.project_api
    if path is None and projects is not None:
        path = projects.path
    name = service or (projects.service if projects is not None else "")
    if path is None or (not name and len(target.services) > 1):
        return Unavailable(Reason("no-api-route"))
    found = next((s for s in target.services if s.name == name), None)
    if not name:
        found = target.services[0]
    if found is None:
        return Unavailable(Reason("unknown-service", {"service": name}))
    return Route(found, path)
