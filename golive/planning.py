"""The plan of a run: what would be sent, before anything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.context import Scope
from golive.errors import describe
from golive.gate import Gate, Lane, Need, Observer, PlannedWork
from golive.isolation import call_pure

PLAN_SECONDS = 30.0
"""A plan sends nothing; one that needs longer hangs."""


@dataclass(frozen=True, slots=True)
class GatePlan:
    """One gate's planned work; ``problem`` when it cannot even be planned."""

    gate: str
    work: tuple[PlannedWork, ...]
    problem: str = ""

    @property
    def requests(self) -> int:
        """Upper bound of requests."""
        return sum(w.requests for w in self.work)

    @property
    def seconds(self) -> float:
        """Expected duration; work in the files lane runs side by side, so it counts once."""
        files = [w.seconds for w in self.work if w.lane is Lane.FILES]
        rest = [w.seconds for w in self.work if w.lane is not Lane.FILES]
        return max(files, default=0.0) + sum(rest)


def unmet(needs: frozenset[Need], scope: Scope) -> Need | None:
    """The first thing that an observer needs and the configuration does not offer."""
    config = scope.config
    offered = {
        Need.TARGET: config.target is not None and bool(config.target.services),
        Need.PROMETHEUS: config.prometheus is not None,
        Need.CLUSTER: config.cluster is not None,
        Need.FILES: bool(config.files),
    }
    return next((need for need in Need if need in needs and not offered[need]), None)


def first_look(gates: Mapping[str, Gate[Any]], scope: Scope) -> int:
    """Requests that a run sends before any gate: one to each service, if any gate needs them."""
    target = scope.config.target
    needed = any(Need.TARGET in o.needs for g in gates.values() for o in g.observers)
    return len(target.services) if target is not None and needed else 0


def plan_gate(gate: Gate[Any], scope: Scope, settings: object) -> GatePlan:
    """Plan one gate. A plan that raises or hangs becomes a problem, not an exception."""
    work: list[PlannedWork] = []
    try:
        for observer in gate.observers:
            if unmet(observer.needs, scope) is None:
                work += _planned(observer, scope, settings)
    except Exception as error:  # noqa: BLE001 - plugin code
        return GatePlan(gate.id, tuple(work), describe(error))
    return GatePlan(gate.id, tuple(work))


def _planned(
    observer: Observer[Any, object], scope: Scope, settings: object
) -> tuple[PlannedWork, ...]:
    name = observer.part.__name__
    found: tuple[object, ...] = call_pure(
        lambda: tuple(observer.plan(scope, settings)), f"plan {name}", PLAN_SECONDS
    )
    work = tuple(w for w in found if isinstance(w, PlannedWork))
    if len(work) != len(found):
        msg = f"the plan of {name} holds something else than planned work"
        raise TypeError(msg)
    return work


def plan_gates(
    gates: Mapping[str, Gate[Any]], scope: Scope, settings: Mapping[str, object]
) -> tuple[GatePlan, ...]:
    """Plan every gate given, in order."""
    return tuple(plan_gate(gate, scope, settings[gate_id]) for gate_id, gate in gates.items())
