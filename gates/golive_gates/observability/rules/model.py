"""Rules as Prometheus would load them, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive.api import Location
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.tree import PlainDocument


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a path in a document or object."""

    source: PlainDocument | KubernetesObject
    path: KeyPath

    def at(self, *path: str | int, key: bool = False) -> Location:
        """Location of the value at *path* below this place, or of the innermost part there."""
        return self.source.at((*self.path, *path), key=key)

    def below(self, *path: str | int) -> Place:
        """The place at *path* below this one."""
        return Place(self.source, (*self.path, *path))


@dataclass(frozen=True, slots=True)
class Rule:
    """One well-formed rule. ``for_s``, ``keep_firing_s``, ``interval_s``: seconds.

    ``interval_s``: of its group; ``None`` where that leaves it to Prometheus.
    """

    kind: Literal["alert", "record"]
    name: str
    expr: str
    group: str
    place: Place
    for_s: float = 0.0
    keep_firing_s: float = 0.0
    interval_s: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rules. ``raw``: as the file has it, its malformed rules included.

    ``set``: which Prometheus loads it, as far as files tell: ``files`` for rule files,
    ``operator`` for PrometheusRule objects. The same group in both is the same rules twice.
    """

    name: str
    place: Place
    set: Literal["files", "operator"]
    raw: Mapping[str, object]
    rules: tuple[Rule, ...] = ()
    interval_s: float | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Every group that was read."""

    groups: tuple[Group, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every well-formed rule, in its order."""
        return tuple(rule for group in self.groups for rule in group.rules)

    @property
    def alerts(self) -> tuple[Rule, ...]:
        """Every well-formed alerting rule."""
        return tuple(rule for rule in self.rules if rule.kind == "alert")
