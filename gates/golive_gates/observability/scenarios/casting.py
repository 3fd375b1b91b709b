"""From what the services expose to actors: every series gets what it counts. Pure.

What a series counts comes from the metric's role and the series' labels alone, never from what a
rule selects: a rule that matches nothing real then finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from golive_gates.observability.metrics.inventory import Family, Inventory, Series
from golive_gates.observability.metrics.roles import Role, Unfilled, failing
from golive_gates.observability.scenarios import role_casting
from golive_gates.observability.scenarios.actors import Actor
from golive_gates.observability.scenarios.grouping import grouped, troubled, without
from golive_gates.observability.scenarios.role_casting import Casting
from golive_gates.observability.scenarios.worlds import Event, What

UP = "up"
EPOCHS = (1e9, 1e11)
"""Values of a gauge that are a time, in seconds."""
HOUR = 3600.0
_STARTED = re.compile(r"start|created|boot")


@dataclass(frozen=True, slots=True)
class Cast:
    """All actors.

    ``targets``: services with something to play. ``lacking``: roles that no metric plays, or
    none that a fault can be shown on, and why.
    ``guessed``: roles in which the label of a fault was not exposed and had to be made up.
    """

    actors: tuple[Actor, ...]
    targets: tuple[str, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()


def cast(
    inventories: Iterable[Inventory],
    roles: Mapping[str, Role | Unfilled],
    now: float,
    streaming: Collection[str] = (),
) -> Cast:
    """Actors for every series of *inventories*, and ``up`` of every target.

    *now*: when they were read, in seconds since the epoch. *streaming*: paths of routes that
    answer with a stream, whose requests may well be long.
    """
    listed = list(inventories)
    by_metric: dict[str, list[Role]] = {}
    for role in roles.values():
        if isinstance(role, Role) and role.how != "status-code":
            by_metric.setdefault(role.metric, []).append(role)
    casting = Casting(frozenset(streaming))
    targets: list[str] = []
    actors: list[Actor] = []
    for inventory in listed:
        for source in inventory.sources:
            labels = without(source.target_labels)
            actors.append(Actor(UP, labels, source.service, "up"))
        target = next((s.service for s in inventory.sources), "")
        targets.append(target)
        for family in inventory.families.values():
            playing = by_metric.get(family.name, [])
            if playing:
                actors.extend(role_casting.actors(casting, playing[0], family, target))
            else:
                actors.extend(_others(family, target, now))
    lacking: dict[str, str] = {r.id: r.why for r in roles.values() if isinstance(r, Unfilled)}
    lacking.update(dict.fromkeys(casting.empty(), "no-route"))
    unique = {(a.name, a.labels): a for a in actors if a.playable}
    return Cast(
        tuple(unique.values()),
        tuple(dict.fromkeys(targets)),
        lacking,
        tuple(sorted(casting.guessed)),
    )


def _others(family: Family, target: str, now: float) -> Iterator[Actor]:
    """Actors of a metric without a role: healthy, whatever goes on."""
    if family.kind == "histogram":
        yield from role_casting.histogram(family, target)
        return
    groups = grouped(family, *family.labels, "quantile")
    for one in (s for group in groups for s in group.series[: role_casting.MOST_SERIES]):
        labels = without(one.labels)
        if _counts(family, one):
            yield Actor(one.name, labels, target, "count", _steady(one))
        else:
            yield Actor(one.name, labels, target, "gauge", value=_still(one, now))


def _counts(family: Family, one: Series) -> bool:
    if family.kind == "counter":
        return True
    suffix = one.name.endswith(("_total", "_count", "_sum"))
    return suffix and family.kind in ("untyped", "summary") and "quantile" not in one.labels


def _steady(one: Series) -> Event:
    """A steady rate, and none for what counts trouble."""
    words = (one.name, *one.labels.values())
    if any(map(failing, words)) or troubled(words):
        return Event(What.FLAT)
    # Of the seconds of a processor or a lock, one a second would be all there is.
    return Event(What.STEADY, 0.05 if "seconds" in one.name else 1.0)


def _still(one: Series, now: float) -> float:
    """What a gauge shows. A time keeps its distance from now, which is 0 in a scenario."""
    value = one.value if one.value is not None else 0.0
    if not EPOCHS[0] <= value <= EPOCHS[1]:
        return max(-1e12, min(1e12, value))
    away = value - now
    # What was started for the checks is not to look as if it had just fallen over.
    return min(away, -HOUR) if _STARTED.search(one.name) else away
