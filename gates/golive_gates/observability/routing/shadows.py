"""Routes that no alert can reach: behind a brother that takes all of theirs, or contradictory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from golive_gates.observability.routing.matchers import Matcher, Matchers
from golive_gates.observability.routing.model import Route


@dataclass(frozen=True, slots=True)
class Dead:
    """A route that nothing reaches. ``by``: the brother in front of it, else ``None``.

    ``clash``: the two matchers that cannot both hold, where there is no such brother.
    """

    route: Route
    by: Route | None = None
    clash: tuple[Matcher, Matcher] | None = None

    @property
    def harmless(self) -> bool:
        """Whether its alerts go to the same people all the same."""
        return (
            self.by is not None
            and not self.route.routes
            and not self.by.routes
            and (self.by.receiver, self.by.mute, self.by.active)
            == (self.route.receiver, self.route.mute, self.route.active)
        )


def dead_routes(root: Route) -> Iterator[Dead]:
    """Routes below *root* that are surely never reached; not those below one that is named."""
    yield from _below(root, ())


def _below(route: Route, above: Matchers) -> Iterator[Dead]:
    # Only what nothing passes can take everything: the ones that say ``continue`` are left out.
    stops: list[Route] = []
    for child in route.routes:
        every = (*above, *child.matchers)
        clash = _clash(every)
        by = next((s for s in stops if implies(every, s.matchers)), None)
        if by is not None:
            yield Dead(child, by)
        elif clash is not None:
            yield Dead(child, clash=clash)
        else:
            yield from _below(child, every)
            if not child.continues:
                stops.append(child)


def implies(given: Matchers, wanted: Matchers) -> bool:
    """Whether every alert that *given* matches is surely matched by *wanted* too."""
    return all(_follows(given, matcher) for matcher in wanted)


def _follows(given: Matchers, wanted: Matcher) -> bool:
    if wanted.value == ".*" and wanted.op == "=~":
        return True
    return any(m.name == wanted.name and _stronger(m, wanted) for m in given)


def _stronger(given: Matcher, wanted: Matcher) -> bool:
    if given == wanted:
        return True
    values = given.values()
    if values is not None:
        return all(wanted.matches(v) is True for v in values)
    # Of the rest only what says no more than that the label is there.
    return _there(wanted) and given.matches("") is False


def _there(matcher: Matcher) -> bool:
    return (matcher.op, matcher.value) in (("!=", ""), ("=~", ".+"))


def _clash(matchers: Matchers) -> tuple[Matcher, Matcher] | None:
    for number, one in enumerate(matchers):
        for other in matchers[number + 1 :]:
            if one.name == other.name and _exclude(one, other):
                return one, other
    return None


def _exclude(one: Matcher, other: Matcher) -> bool:
    if one.positive == other.positive and one.negative is not other.negative:
        return True
    for values, against in ((one.values(), other), (other.values(), one)):
        if values is not None and all(against.matches(v) is False for v in values):
            return True
    return False
