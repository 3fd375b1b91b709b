"""From alertmanager.yml to an :class:`AlertmanagerConfig`. Never raises on bad input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from golive.model import Scalar
from golive_gates.observability.routing.matchers import (
    LABEL,
    Malformed,
    Matcher,
    Matchers,
    matcher,
    parse,
)
from golive_gates.observability.routing.model import (
    AlertmanagerConfig,
    Fault,
    Inhibition,
    Integration,
    Interval,
    Receiver,
    Route,
    Topic,
)
from golive_gates.observability.rules.durations import seconds
from golive_gates.observability.rules.model import Place

CONFIGS = "_configs"
SHOWN = 80
"""Characters of a malformed value that findings repeat."""


@dataclass(slots=True)
class Reader:
    """What the readers of one configuration share: the faults found so far."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, topic: Topic, place: Place, code: str, **params: Scalar) -> None:
        """Note that Alertmanager refuses what stands at *place*."""
        self.faults.append(Fault(topic, place, code, params))


def read_config(
    data: Mapping[str, Any],
    place: Place,
    name: str,
    origin: Literal["file", "config-map"] = "file",
) -> AlertmanagerConfig:
    """The configuration *data*, which stands at *place*; *name*: how findings call it."""
    reader = Reader()
    root = data.get("route")
    if not isinstance(root, Mapping):
        reader.fault("routes", place, "no-root")
        root = {}
    where = place.below("route")
    if not text(root.get("receiver")):
        reader.fault("routes", where, "no-root-receiver")
    if any(root.get(key) for key in ("match", "match_re", "matchers")):
        reader.fault("routes", where, "root-matches")
    receivers = _receivers(reader, data.get("receivers"), place.below("receivers"))
    intervals = _intervals(reader, data, place)
    tree = _route(reader, root, where, Route(where, ""))
    return AlertmanagerConfig(
        name,
        place,
        tree,
        receivers,
        tuple(_inhibitions(reader, data.get("inhibit_rules"), place.below("inhibit_rules"))),
        intervals,
        mapping(data.get("global")),
        tuple(reader.faults),
        origin,
    )


def mapping(value: object) -> Mapping[str, Any]:
    """*value*, or an empty mapping for anything else."""
    return value if isinstance(value, Mapping) else {}


def entries(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings of a list with their numbers; of anything else none."""
    for number, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, Mapping):
            yield number, item


def text(value: object) -> str:
    """A scalar as Alertmanager reads it into a string; empty for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def texts(value: object) -> tuple[str, ...]:
    """The scalars of a list, nulls left out; of anything else none."""
    listed = value if isinstance(value, list | tuple) else ()
    return tuple(text(item) for item in listed if item is not None)


def _route(reader: Reader, data: Mapping[str, Any], place: Place, above: Route) -> Route:
    matchers = [
        *_equal(reader, "routes", data.get("match"), place.below("match")),
        *_regular(reader, "routes", data.get("match_re"), place.below("match_re")),
        *_listed(reader, "routes", data.get("matchers"), place.below("matchers")),
    ]
    groups = data.get("group_by")
    own = Route(
        place,
        text(data.get("receiver")) or above.receiver,
        tuple(matchers),
        data.get("continue") is True,
        above.group_by if groups is None else _group_by(reader, groups, place.below("group_by")),
        texts(data.get("mute_time_intervals")),
        texts(data.get("active_time_intervals")),
    )
    _durations(reader, data, place)
    below = data.get("routes")
    if below is not None and not isinstance(below, list | tuple):
        reader.fault("routes", place.below("routes"), "not-a-list", field="routes")
    children = tuple(
        _route(reader, child, place.below("routes", number), own)
        for number, child in entries(below)
    )
    return Route(
        own.place,
        own.receiver,
        own.matchers,
        own.continues,
        own.group_by,
        own.mute,
        own.active,
        children,
    )


def _durations(reader: Reader, data: Mapping[str, Any], place: Place) -> None:
    for key in ("group_wait", "group_interval", "repeat_interval"):
        value = data.get(key)
        length = None if value is None else seconds(value)
        if (value is not None and length is None) or (length == 0 and key != "group_wait"):
            written = text(value)[:SHOWN]
            reader.fault("routes", place.below(key), "duration", field=key, text=written)


def _group_by(reader: Reader, value: object, place: Place) -> tuple[str, ...]:
    names = texts(value)
    wrong = [n for n in names if n != "..." and not LABEL.fullmatch(n)]
    if not isinstance(value, list | tuple):
        reader.fault("routes", place, "not-a-list", field="group_by")
    elif wrong:
        reader.fault("routes", place, "group-by-name", name=wrong[0][:SHOWN])
    elif "..." in names and len(names) > 1:
        reader.fault("routes", place, "group-by-all")
    elif len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        reader.fault("routes", place, "group-by-twice", name=twice)
    return names


def _equal(reader: Reader, topic: Topic, value: object, place: Place) -> Iterator[Matcher]:
    for name, wanted in sorted(_pairs(reader, topic, value, place)):
        yield from good(reader, topic, place.below(name), matcher(name, "=", wanted))


def _regular(reader: Reader, topic: Topic, value: object, place: Place) -> Iterator[Matcher]:
    for name, wanted in sorted(_pairs(reader, topic, value, place)):
        yield from good(reader, topic, place.below(name), matcher(name, "=~", wanted))


def _pairs(reader: Reader, topic: Topic, value: object, place: Place) -> Iterator[tuple[str, str]]:
    if value is not None and not isinstance(value, Mapping):
        reader.fault(topic, place, "not-a-mapping", field=str(place.path[-1]))
    for name, wanted in mapping(value).items():
        if LABEL.fullmatch(str(name)):
            yield str(name), text(wanted)
        else:
            reader.fault(topic, place, "matcher-label", name=str(name)[:SHOWN])


def _listed(reader: Reader, topic: Topic, value: object, place: Place) -> Iterator[Matcher]:
    if value is not None and not isinstance(value, list | tuple):
        reader.fault(topic, place, "not-a-list", field=str(place.path[-1]))
        return
    for number, line in enumerate(value or ()):
        if line is None:
            continue  # No matcher at all.
        if not isinstance(line, str):
            reader.fault(topic, place.below(number), "matcher-text", matcher=repr(line)[:SHOWN])
            continue
        for found in parse(line):
            yield from good(reader, topic, place.below(number), found)


def good(
    reader: Reader, topic: Topic, place: Place, found: Matcher | Malformed
) -> Iterator[Matcher]:
    """*found* unless Alertmanager refuses it, which is noted."""
    if isinstance(found, Malformed):
        reader.fault(
            topic,
            place,
            "matcher-malformed",
            matcher=found.text[:SHOWN],
            problem=found.problem,
        )
    else:
        yield found


def _receivers(reader: Reader, value: object, place: Place) -> dict[str, Receiver]:
    found: dict[str, Receiver] = {}
    for number, data in entries(value):
        where = place.below(number)
        name = text(data.get("name"))
        if not name:
            reader.fault("receivers", where, "receiver-unnamed")
        elif name in found:
            reader.fault("receivers", where, "receiver-twice", name=name)
        else:
            found[name] = Receiver(name, where, tuple(_integrations(data, where)))
    return found


def _integrations(data: Mapping[str, Any], place: Place) -> Iterator[Integration]:
    for key, listed in data.items():
        if not str(key).endswith(CONFIGS):
            continue
        for number, item in enumerate(listed if isinstance(listed, list | tuple) else ()):
            # An entry with nothing in it takes everything from the defaults.
            if isinstance(item, Mapping) or item is None:
                kind = str(key).removesuffix(CONFIGS)
                yield Integration(kind, place.below(str(key), number), item or {})


def _inhibitions(reader: Reader, value: object, place: Place) -> Iterator[Inhibition]:
    for number, data in entries(value):
        where = place.below(number)
        before = len(reader.faults)
        source = _side(reader, data, where, "source")
        target = _side(reader, data, where, "target")
        equal = texts(data.get("equal"))
        for name in equal:
            if not LABEL.fullmatch(name):
                reader.fault("inhibition", where, "matcher-label", name=name[:SHOWN])
        # Without one of its matchers it would be another rule.
        if len(reader.faults) == before:
            yield Inhibition(where, source, target, equal)


def _side(reader: Reader, data: Mapping[str, Any], place: Place, side: str) -> Matchers:
    topic: Topic = "inhibition"
    names = (f"{side}_match", f"{side}_match_re", f"{side}_matchers")
    values: Sequence[object] = [data.get(name) for name in names]
    return (
        *_equal(reader, topic, values[0], place.below(names[0])),
        *_regular(reader, topic, values[1], place.below(names[1])),
        *_listed(reader, topic, values[2], place.below(names[2])),
    )


def _intervals(reader: Reader, data: Mapping[str, Any], place: Place) -> dict[str, Interval]:
    found: dict[str, Interval] = {}
    for key in ("mute_time_intervals", "time_intervals"):
        for number, item in entries(data.get(key)):
            where = place.below(key, number)
            name = text(item.get("name"))
            times = item.get("time_intervals")
            if not name:
                reader.fault("mute-times", where, "interval-unnamed")
            elif name in found:
                reader.fault("mute-times", where, "interval-twice", name=name)
            else:
                listed = tuple(times) if isinstance(times, list | tuple) else ()
                found[name] = Interval(name, where, listed)
    return found
