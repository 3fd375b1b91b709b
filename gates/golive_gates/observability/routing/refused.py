"""What else makes Alertmanager refuse a configuration: names without a definition, and the like."""

from __future__ import annotations

from collections.abc import Iterator

from golive.sources.kubernetes.objects import dig
from golive_gates.observability.routing.integrations import missing
from golive_gates.observability.routing.model import AlertmanagerConfig, Route
from golive_gates.observability.routing.mute import problems


def unknown_receivers(config: AlertmanagerConfig) -> Iterator[Route]:
    """Routes that name a receiver themselves which is not defined."""
    for route in config.root.walk():
        place = route.place
        names = dig(place.source.data, (*place.path, "receiver")) is not None
        if names and route.receiver and route.receiver not in config.receivers:
            yield route


def unknown_intervals(config: AlertmanagerConfig) -> Iterator[tuple[Route, str]]:
    """Routes that name a time interval which is not defined, and its name."""
    for route in config.root.walk():
        for name in dict.fromkeys((*route.mute, *route.active)):
            if name not in config.intervals:
                yield route, name


def refused(config: AlertmanagerConfig) -> str | None:
    """The check that says why Alertmanager would not load *config*; ``None``: it would."""
    if config.faults:
        return f"observability.{config.faults[0].topic}"
    if any(unknown_receivers(config)):
        return "observability.routes"
    intervals = (p for interval in config.intervals.values() for p in problems(interval))
    root = config.root.mute or config.root.active
    if root or any(unknown_intervals(config)) or any(intervals):
        return "observability.mute-times"
    integrations = (i for r in config.receivers.values() for i in r.integrations)
    lacking = any(need for i in integrations for need in missing(i, config.defaults))
    return "observability.receivers" if lacking else None
