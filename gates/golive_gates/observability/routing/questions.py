"""Labels to ask amtool about: every alert as it may fire, those that take the same way once."""

from __future__ import annotations

from collections.abc import Iterable

from golive_gates.observability.routing.alerts import Alert
from golive_gates.observability.routing.matchers import LABEL
from golive_gates.observability.routing.model import AlertmanagerConfig

ANY = "golive-any-value"
"""Stands for the value of a label that is not known."""

Labels = tuple[tuple[str, str], ...]


def questions(config: AlertmanagerConfig, alerts: Iterable[Alert]) -> tuple[Labels, ...]:
    """Different label sets of *alerts*, of the labels that routes of *config* ask for."""
    asked = sorted(
        {m.name for route in config.root.walk() for m in route.matchers if LABEL.fullmatch(m.name)}
    )
    found: dict[Labels, None] = {}
    for alert in alerts:
        pairs = ((name, _value(alert, name)) for name in asked)
        found[tuple((name, value) for name, value in pairs if value)] = None
    return tuple(found)


def _value(alert: Alert, name: str) -> str:
    value = alert.labels.value(name)
    return ANY if value is None else value
