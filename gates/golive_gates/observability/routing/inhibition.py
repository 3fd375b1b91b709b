"""Which alerts an inhibition rule silences, as Alertmanager applies it.

A rule silences a target while a source with equal labels fires, a label that both lack counting
as equal; an alert that is source and target at once is not silenced by another one that is both,
itself included. Source: https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from golive_gates.observability.routing.alerts import Alert
from golive_gates.observability.routing.model import Inhibition
from golive_gates.observability.routing.outcomes import matching


@dataclass(frozen=True, slots=True)
class Silenced:
    """``source`` may silence ``target``. ``shared``: labels that they have to have in common.

    ``lacking``: those of ``equal`` that both surely lack, and which therefore say nothing.
    """

    source: Alert
    target: Alert
    shared: tuple[str, ...]
    lacking: tuple[str, ...]


def silenced(rule: Inhibition, alerts: Sequence[Alert]) -> Iterator[Silenced]:
    """Every pair of *alerts* of which *rule* surely lets the one silence the other, labels equal.

    Targets are those that ask for attention. Left out: pairs that cannot have those labels in
    common, and an alert with itself. Alerts that *rule* cannot tell apart are looked at once.
    """
    sources = _alike(rule, (a for a in alerts if matching(rule.source, a.labels) is True))
    targets = _alike(
        rule, (a for a in alerts if a.asks and matching(rule.target, a.labels) is True)
    )
    name = max(rule.equal, key=lambda n: len({_value(g[0], n) for g in sources}), default="")
    by_value: dict[str | None, list[list[Alert]]] = {}
    for group in sources:
        by_value.setdefault(_value(group[0], name), []).append(group)
    for group in targets:
        value = _value(group[0], name)
        # One whose value is not known may have any, an equal one included.
        near = by_value if value is None else (value, None)
        for others in (g for v in near for g in by_value.get(v, ())):
            yield from _pairs(rule, others, group)


def _pairs(rule: Inhibition, sources: list[Alert], targets: list[Alert]) -> Iterator[Silenced]:
    one, other = sources[0], targets[0]
    # Whether each is on the other side too, in which case neither silences the other.
    also = matching(rule.source, other.labels), matching(rule.target, one.labels)
    equal = None if False not in also else _equal(rule.equal, one, other)
    if equal is not None:
        for target in targets:
            source = next((s for s in sources if s is not target), None)
            if source is not None:
                yield Silenced(source, target, *equal)


def _alike(rule: Inhibition, alerts: Iterable[Alert]) -> list[list[Alert]]:
    """*alerts* in groups whose members the rule treats alike."""
    groups: dict[object, list[Alert]] = {}
    for alert in alerts:
        sides = (matching(rule.source, alert.labels), matching(rule.target, alert.labels))
        values = tuple((_value(alert, n), alert.labels.may_lack(n)) for n in rule.equal)
        groups.setdefault((alert.rank, *sides, values), []).append(alert)
    return list(groups.values())


def _value(alert: Alert, name: str) -> str | None:
    return alert.labels.value(name)


def _equal(
    names: tuple[str, ...], source: Alert, target: Alert
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Labels that both may share, and those that both lack; ``None`` where one always differs."""
    shared: list[str] = []
    lacking: list[str] = []
    for name in names:
        if source.labels.value(name) == target.labels.value(name) == "":
            lacking.append(name)
        elif _may_agree(name, source, target):
            shared.append(name)
        else:
            return None
    return tuple(shared), tuple(lacking)


def _may_agree(name: str, source: Alert, target: Alert) -> bool:
    one, other = source.labels.value(name), target.labels.value(name)
    if one is not None and other is not None:
        return one == other
    if one == "":
        return target.labels.may_lack(name)
    return other != "" or source.labels.may_lack(name)
