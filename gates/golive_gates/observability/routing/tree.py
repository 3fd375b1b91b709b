"""Where an alert goes: the walk through the tree of routes, as Alertmanager's dispatcher does it.

An alert enters at the root and goes down into every child that matches, the first one only
unless that says ``continue``; a route none of whose children takes it keeps it itself. Source:
https://prometheus.io/docs/alerting/latest/configuration/#route.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golive_gates.observability.routing.matchers import all_match
from golive_gates.observability.routing.model import AlertmanagerConfig, Integration, Route


class UndecidedError(Exception):
    """A matcher whose expression cannot be applied here decides the way."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One arrival of an alert. ``receiver``: empty where the files do not tell it.

    ``known``: whether the configuration defines that receiver. ``mute`` and ``active``: names
    of intervals in which it is held back, or outside of which it is.
    """

    route: Route
    receiver: str
    known: bool
    integrations: tuple[Integration, ...] = ()

    @property
    def mute(self) -> tuple[str, ...]:
        """Intervals in which nothing is sent."""
        return self.route.mute

    @property
    def active(self) -> tuple[str, ...]:
        """Intervals outside of which nothing is sent; none: always."""
        return self.route.active


def taken(root: Route, labels: Mapping[str, str]) -> tuple[Route, ...]:
    """The routes that an alert with *labels* ends at. Raises ``UndecidedError``."""
    found: list[Route] = []
    for child in root.routes:
        matches = all_match(child.matchers, labels)
        if matches is None:
            raise UndecidedError
        if matches:
            found += taken(child, labels)
            if not child.continues:
                break
    return tuple(found) or (root,)


def deliveries(config: AlertmanagerConfig, labels: Mapping[str, str]) -> tuple[Delivery, ...]:
    """Every arrival of an alert with exactly *labels*. Pure. Raises ``UndecidedError``."""
    return tuple(delivery(config, route) for route in taken(config.root, labels))


def delivery(config: AlertmanagerConfig, route: Route) -> Delivery:
    """What arrives at *route*."""
    receiver = config.receivers.get(route.receiver)
    there = () if receiver is None else receiver.integrations
    return Delivery(route, route.receiver, receiver is not None, there)
