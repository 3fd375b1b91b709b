"""An Alertmanager's configuration as it would load it, each part with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from golive.model import Scalar
from golive_gates.observability.routing.matchers import Matchers
from golive_gates.observability.rules.model import Place

Topic = Literal["routes", "receivers", "inhibition", "mute-times"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something for which Alertmanager refuses the whole configuration.

    ``topic``: the check that reports it. ``code`` and ``params``: its sentence there.
    """

    topic: Topic
    place: Place
    code: str
    params: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Integration:
    """One way to people: an entry of ``slack_configs`` has ``kind`` ``slack``.

    ``fields``: in the spelling of alertmanager.yml, also where the operator's object says
    ``apiURL``. ``referenced``: the object refers to a Secret for its secrets.
    """

    kind: str
    place: Place
    fields: Mapping[str, Any]
    referenced: bool = False


@dataclass(frozen=True, slots=True)
class Receiver:
    """A name, and the integrations behind it."""

    name: str
    place: Place
    integrations: tuple[Integration, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree. ``receiver`` and ``group_by``: inherited where it has none itself.

    ``receiver``: empty where nothing in the files tells it. ``mute`` and ``active``: names of
    intervals, which are not inherited.
    """

    place: Place
    receiver: str
    matchers: Matchers = ()
    continues: bool = False
    group_by: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()

    def walk(self) -> Iterator[Route]:
        """This route and all below it, in their order."""
        stack = [self]
        while stack:
            route = stack.pop()
            yield route
            stack.extend(reversed(route.routes))


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert of ``source`` fires, those of ``target`` with equal labels stay silent."""

    place: Place
    source: Matchers
    target: Matchers
    equal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A named set of times. ``times``: as written; ``native``: in alertmanager.yml's spelling."""

    name: str
    place: Place
    times: tuple[Any, ...] = ()
    native: bool = True


@dataclass(frozen=True, slots=True)
class AlertmanagerConfig:
    """All that one Alertmanager loads.

    ``name``: how findings call it. ``defaults``: its part ``global``.
    """

    name: str
    place: Place
    root: Route
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    origin: Literal["file", "config-map", "operator"] = "file"

    @property
    def open(self) -> bool:
        """Whether nothing in the files tells what becomes of an alert that no route takes."""
        return not self.root.receiver

    @property
    def sound(self) -> bool:
        """Whether its tree is as somebody wrote it: no matcher of it had to be left out."""
        return not any(f.topic == "routes" for f in self.faults)


@dataclass(frozen=True, slots=True)
class Unread:
    """A configuration that is there and cannot be read. ``code``: of a sentence of ``routes``."""

    place: Place
    name: str
    code: str
    params: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def hidden(self) -> bool:
        """Whether it is in a Secret, which golive does not look into: no fault of the release."""
        return self.code in ("masked", "in-secret")


@dataclass(frozen=True, slots=True)
class Configs:
    """Every Alertmanager's configuration in the files, and those that cannot be read."""

    read: tuple[AlertmanagerConfig, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def blocking(self) -> tuple[Unread, ...]:
        """Those of ``unread`` that leave open where alerts go.

        What is hidden in a Secret is usually made from a file; where that was read, it stands
        for both.
        """
        stands = any(config.origin == "file" for config in self.read)
        return tuple(u for u in self.unread if not (stands and u.hidden))
