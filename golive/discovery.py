"""What installed packages register: gates, renderers, commands. A broken gate keeps its error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from golive.errors import describe
from golive.gate import Gate, Lane, Need
from golive.lint_rendering import LintRenderer
from golive.rendering import Renderer
from golive.vocabulary import STANDARD_GATES

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints, SelectableGroups

# Ids name folders and anchors, and stand unquoted in reports.
_WORD = "[A-Za-z0-9_-]+"

GATE_GROUP = "golive.gates"
REPORT_GROUP = "golive.reports"
LINT_GATE_GROUP = "golive.lint_gates"
LINT_REPORT_GROUP = "golive.lint_reports"
COMMAND_GROUP = "golive.commands"


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


def discover_gates(group: str = GATE_GROUP) -> Gates:
    """Load every registered gate; a bad one never takes the others down.

    *group*: ``LINT_GATE_GROUP`` for ``golive lint``: of a package that names there which of its
    gates have file-based checks only those are loaded, of any other package all.
    """
    loaded: dict[str, Gate[Any]] = {}
    broken: dict[str, str] = {}
    for point in _lint_points() if group == LINT_GATE_GROUP else _points(group):
        if point.name in loaded or point.name in broken:
            loaded.pop(point.name, None)
            broken[point.name] = "two installed packages register a gate of this name"
            continue
        try:
            gate = point.load()
            _demand_sound(point.name, gate)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            broken[point.name] = describe(error)
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


def discover_lint_renderers() -> Mapping[str, EntryPoint]:
    """Registered renderers of lint records by format name; loaded only when used."""
    return {point.name: point for point in _points(LINT_REPORT_GROUP)}


def load_lint_renderer(point: EntryPoint) -> LintRenderer:
    """Load one renderer. Raises ``TypeError`` when the entry point is not a renderer."""
    renderer = point.load()
    if not isinstance(renderer, LintRenderer):
        msg = f"{point.value} is not a golive lint renderer"
        raise TypeError(msg)
    return renderer


def discover_commands() -> dict[str, list[EntryPoint]]:
    """Registered commands by name; loaded only when called. More than one of a name: no command.

    A name that is no plain word is left out: nobody could call it.
    """
    found: dict[str, list[EntryPoint]] = {}
    for point in _points(COMMAND_GROUP):
        if re.fullmatch(_WORD, point.name):
            found.setdefault(point.name, []).append(point)
    return found


def entry_points(*, group: str) -> EntryPoints:
    """Those of *group*; every installed package is looked at once, not once for each group."""
    return _installed().select(group=group)


@cache
def _installed() -> SelectableGroups | EntryPoints:
    return metadata.entry_points()


def _points(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda p: (p.name, p.value))


def _lint_points() -> list[EntryPoint]:
    named = _points(LINT_GATE_GROUP)
    packages = {_package(point) for point in named}
    return [*named, *(p for p in _points(GATE_GROUP) if _package(p) not in packages)]


def _package(point: EntryPoint) -> str:
    """Name of the installed package that registers *point*."""
    return "" if point.dist is None else point.dist.name


def _demand_sound(name: str, gate: object) -> None:
    if not isinstance(gate, Gate):
        msg = "the entry point is not a golive.api.Gate"
        raise TypeError(msg)
    if not re.fullmatch(_WORD, name):
        msg = "a gate is named with letters, digits, - and _ only"
        raise ValueError(msg)
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
    strangers = [i for i in ids if not re.fullmatch(rf"{re.escape(name)}(\.{_WORD})+", i)]
    if strangers:
        msg = f"check ids must be {name!r}, a dot and a plain name: {', '.join(strangers)}"
        raise ValueError(msg)
    _demand_parts(gate)


def _demand_parts(gate: Gate[Any]) -> None:
    """Every observer is one, delivers a part of its own, and every part read is delivered."""
    for observer in gate.observers:
        said: tuple[object, object] = (observer.part, observer.lane)
        sound = isinstance(said[0], type) and isinstance(said[1], Lane)
        if not sound or not all(isinstance(need, Need) for need in set[object](observer.needs)):
            msg = f"{observer!r:.60} is no observer: part, lane or needs are of the wrong type"
            raise TypeError(msg)
    delivered = [observer.part.__name__ for observer in gate.observers]
    if len(set(delivered)) != len(delivered):
        msg = "two observers deliver a part of one name"
        raise ValueError(msg)
    for check in gate.checks:
        missing = sorted({part.__name__ for part in check.reads} - set(delivered))
        if missing:
            msg = f"{check.spec.id} reads {', '.join(missing)}, which no observer delivers"
            raise ValueError(msg)
