"""A series of the inventory as an actor: what it counts, and so what it shows in a world. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from golive_gates.observability.scenarios.shapes import Spread, Stretch, counter, gauge
from golive_gates.observability.scenarios.worlds import Event, World, rate

Labels = tuple[tuple[str, str], ...]
"""Labels without the name, sorted by theirs."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
Part = Literal["count", "bucket", "sum", "quantile", "gauge", "up"]


@dataclass(frozen=True, slots=True)
class Timing:
    """Whose pace a histogram shows, and with which bounds, in its own unit of ``unit_s``.

    ``spread``: of a histogram that has no role, whatever goes on.
    """

    pace: Literal["api", "first", "own"]
    bounds: tuple[float, ...]
    unit_s: float = 1.0
    spread: Spread | None = None

    def seen(self, world: World) -> Spread:
        """The spread in *world*, in seconds; in the histogram's own unit where it has no role."""
        if self.spread is not None:
            return self.spread
        pace = world.first if self.pace == "first" else world.api
        return pace.spread(tuple(b * self.unit_s for b in self.bounds))


@dataclass(frozen=True, slots=True)
class Actor:
    """One series. ``job``: of its target. ``bound``: of a bucket or quantile.

    ``lazy``: it is not there before the first event, as it is not in the exposition yet.
    ``value``: what a gauge shows.
    """

    name: str
    labels: Labels
    job: str
    part: Part
    event: Event | None = None
    timing: Timing | None = None
    bound: float = 0.0
    value: float = 0.0
    lazy: bool = False

    @property
    def playable(self) -> bool:
        """Whether every version of promtool reads its names: UTF-8 ones need Prometheus 3."""
        return all(_NAME.fullmatch(n) for n in (self.name, *(label for label, _ in self.labels)))

    @property
    def series(self) -> str:
        """As promtool reads it."""
        listed = ",".join(f"{name}={quoted(value)}" for name, value in self.labels)
        return f"{self.name}{{{listed}}}"

    def shown(self, phases: Sequence[tuple[int, World]], step: float) -> str:
        """Its values through *phases*, each a number of scrapes, in promtool's notation."""
        stretches: list[Stretch] = []
        begun = not self.lazy
        for count, world in phases:
            level = self._level(world)
            begun = begun or bool(level)
            stretches.append(Stretch(count, level if begun else None))
        cumulative = self.part in ("count", "bucket", "sum")
        return counter(stretches, step) if cumulative else gauge(stretches)

    def _level(self, world: World) -> float | None:
        if self.part == "up":
            return (1.0 if world.up(self.job) else 0.0) if world.has(self.job) else None
        if not world.up(self.job):
            return None
        if self.part == "gauge":
            return self.value
        events = rate(self.event, world) if self.event else 0.0
        if self.timing is None:
            return events
        unit = self.timing.unit_s
        spread = self.timing.seen(world)
        if self.part == "bucket":
            return events * spread.below(self.bound * unit)
        if self.part == "sum":
            return events * spread.mean / unit
        return spread.at(self.bound) / unit if self.part == "quantile" else events


def quoted(value: str) -> str:
    """*value* as a string of PromQL."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", escaped) + '"'
