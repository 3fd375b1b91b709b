"""Every way that an alert can take while some of its labels are not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from golive_gates.observability.routing.alerts import AlertLabels
from golive_gates.observability.routing.matchers import Matcher, Matchers
from golive_gates.observability.routing.model import AlertmanagerConfig, Route
from golive_gates.observability.routing.tree import Delivery, UndecidedError, delivery

MOST = 512
"""Ways that are followed; a tree with more for one alert is not decided."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the alert arrives, if ``assumed`` holds of its labels.

    ``usual``: nothing had to be assumed but that no label has a value that a route asks for.
    """

    deliveries: tuple[Delivery, ...]
    assumed: tuple[str, ...] = ()
    usual: bool = True


@dataclass(frozen=True, slots=True)
class _World:
    """What is assumed so far: values, decisions on expressions, and values ruled out."""

    labels: AlertLabels
    decided: Mapping[Matcher, bool] = field(default_factory=dict)
    ruled_out: frozenset[tuple[str, str]] = frozenset()
    assumed: tuple[str, ...] = ()
    usual: bool = True


def outcomes(config: AlertmanagerConfig, labels: AlertLabels) -> tuple[Outcome, ...]:
    """Every possible outcome, the usual ones first. Pure. Raises ``UndecidedError``."""
    found = [
        Outcome(tuple(delivery(config, r) for r in routes), world.assumed, world.usual)
        for world, routes in _taken(config.root, _World(labels))
    ]
    return tuple(sorted(found, key=lambda o: not o.usual))


def matching(matchers: Matchers, labels: AlertLabels) -> bool | None:
    """Whether an alert with *labels* matches: surely, surely not, or (``None``) perhaps."""
    found = {ok for ok, _ in _all(matchers, _World(labels))}
    return found.pop() if len(found) == 1 else None


def _taken(route: Route, world: _World) -> list[tuple[_World, tuple[Route, ...]]]:
    ways: list[tuple[_World, tuple[Route, ...]]] = [(world, ())]
    ended: list[tuple[_World, tuple[Route, ...]]] = []
    for child in route.routes:
        further: list[tuple[_World, tuple[Route, ...]]] = []
        for here, so_far in ways:
            for matches, there in _all(child.matchers, here):
                if not matches:
                    further.append((there, so_far))
                    continue
                onward = further if child.continues else ended
                onward += [(w, (*so_far, *routes)) for w, routes in _taken(child, there)]
        ways = further
        if len(ways) + len(ended) > MOST:
            raise UndecidedError
    return [(w, routes or (route,)) for w, routes in (*ended, *ways)]


def _all(matchers: Matchers, world: _World) -> Iterator[tuple[bool, _World]]:
    """Whether all of *matchers* match, in each world that *world* can be."""
    if not matchers:
        yield True, world
        return
    for matches, there in _one(matchers[0], world):
        if matches:
            yield from _all(matchers[1:], there)
        else:
            yield False, there


def _one(matcher: Matcher, world: _World) -> Iterator[tuple[bool, _World]]:
    value = world.labels.value(matcher.name)
    if value is not None:
        matches = matcher.matches(value)
        if matches is None:
            raise UndecidedError
        yield matches, world
        return
    positive = matcher.positive
    values = positive.values()
    if positive in world.decided:
        yield world.decided[positive] is not matcher.negative, world
    elif values is not None:
        yield from ((m is not matcher.negative, w) for m, w in _values(positive, values, world))
    else:
        yield from ((m is not matcher.negative, w) for m, w in _expression(positive, world))


def _values(
    matcher: Matcher, values: tuple[str, ...], world: _World
) -> Iterator[tuple[bool, _World]]:
    name = matcher.name
    out = world.ruled_out | {(name, v) for v in values}
    yield False, _World(world.labels, world.decided, out, world.assumed, world.usual)
    for value in values:
        if _possible(name, value, world):
            yield True, _with_value(name, value, matcher, world)


def _possible(name: str, value: str, world: _World) -> bool:
    if (name, value) in world.ruled_out or (not value and not world.labels.may_lack(name)):
        return False
    return all(
        m.matches(value) is not (not holds) for m, holds in world.decided.items() if m.name == name
    )


def _with_value(name: str, value: str, matcher: Matcher, world: _World) -> _World:
    return _World(
        world.labels.with_value(name, value),
        world.decided,
        world.ruled_out,
        (*world.assumed, str(Matcher(name, "=", value) if value else matcher)),
        world.usual and not value,
    )


def _expression(matcher: Matcher, world: _World) -> Iterator[tuple[bool, _World]]:
    empty = matcher.matches("")
    if empty is None:
        raise UndecidedError
    if matcher.value == ".*":
        yield True, world
        return
    lacks = _possible(matcher.name, "", world)
    if matcher.value == ".+":
        if lacks:
            yield False, _with_value(matcher.name, "", matcher, world)
        # That a label is there is no more to assume than that it is not.
        yield True, _decided(matcher, holds=True, world=world, usual=True)
        return
    yield False, _decided(matcher, holds=False, world=world, usual=True)
    yield True, _decided(matcher, holds=True, world=world, usual=False)


def _decided(matcher: Matcher, *, holds: bool, world: _World, usual: bool) -> _World:
    return _World(
        world.labels,
        {**world.decided, matcher: holds},
        world.ruled_out,
        (*world.assumed, str(matcher)) if holds else world.assumed,
        world.usual and usual,
    )
