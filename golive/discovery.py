"""Gates and renderers through entry points. What cannot be loaded is kept, with its error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from golive.gate import Gate
from golive.rendering import Renderer

GATE_GROUP = "golive.gates"
REPORT_GROUP = "golive.reports"

STANDARD_GATES: tuple[str, ...] = (
    "slo",
    "streaming",
    "manifests",
    "observability",
    "pipeline",
    "recovery",
    "load",
)
"""Ids of the seven go-live gates, in report order. A gate's number is its place here."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates by id in running order, and why the others could not be loaded."""

    loaded: Mapping[str, Gate[Any]]
    broken: Mapping[str, str]

    @property
    def settings_types(self) -> Mapping[str, type]:
        """Settings dataclass of each gate, for the configuration's schema."""
        return {gate_id: gate.settings for gate_id, gate in self.loaded.items()}

    @property
    def check_ids(self) -> tuple[str, ...]:
        """Every registered check."""
        return tuple(c.spec.id for g in self.loaded.values() for c in g.checks)


def discover_gates() -> Gates:
    """Load every registered gate; a bad one never takes the others down."""
    loaded: dict[str, Gate[Any]] = {}
    broken: dict[str, str] = {}
    for point in _points(GATE_GROUP):
        if point.name in loaded or point.name in broken:
            loaded.pop(point.name, None)
            broken[point.name] = "two installed packages register a gate of this name"
            continue
        try:
            gate = point.load()
            _demand_sound(point.name, gate)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything while loading
            broken[point.name] = f"{type(error).__name__}: {error}"
            continue
        loaded[point.name] = gate
    order = {gate_id: place for place, gate_id in enumerate(STANDARD_GATES)}
    names = sorted(loaded, key=lambda n: (order.get(n, len(order)), n))
    return Gates({n: loaded[n] for n in names}, broken)


def discover_renderers() -> Mapping[str, EntryPoint]:
    """Registered renderers by format name; loaded only when used."""
    return {point.name: point for point in _points(REPORT_GROUP)}


def load_renderer(point: EntryPoint) -> Renderer:
    """Load one renderer. Raises ``TypeError`` when the entry point is not a renderer."""
    renderer = point.load()
    if not isinstance(renderer, Renderer):
        msg = f"{point.value} is not a golive renderer"
        raise TypeError(msg)
    return renderer


def _points(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda p: (p.name, p.value))


def _demand_sound(name: str, gate: object) -> None:
    if not isinstance(gate, Gate):
        msg = "the entry point is not a golive.api.Gate"
        raise TypeError(msg)
    if gate.id != name:
        msg = f"registered as {name!r}, but calls itself {gate.id!r}"
        raise ValueError(msg)
    ids = [c.spec.id for c in gate.checks]
    if not ids:
        msg = "the gate has no check"
        raise ValueError(msg)
    if len(set(ids)) != len(ids):
        msg = "two checks share one id"
        raise ValueError(msg)
    strangers = [i for i in ids if not i.startswith(f"{name}.")]
    if strangers:
        msg = f"check ids must begin with {name!r}: {', '.join(strangers)}"
        raise ValueError(msg)
