"""What the selectors of the rules find among the actors, recording rules looked through. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from golive_gates.observability.metrics.matchers import accepts
from golive_gates.observability.metrics.selecting import OWN, recorded, selections
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.scenarios.actors import Actor
from golive_gates.observability.scenarios.casting import UP
from golive_gates.observability.scenarios.rulefiles import readings
from golive_gates.observability.scenarios.showing import shows
from golive_gates.observability.scenarios.signals import BY_ID


@dataclass(frozen=True, slots=True)
class Read:
    """What one selector of the rule called *rule* finds."""

    rule: str
    metric: str
    actors: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """All that a set of rules selects. ``through``: by alert, the names that it depends on."""

    found: tuple[Read, ...]
    through: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, rules: Sequence[Rule], actors: Iterable[Actor]) -> Reads:
        """What *rules* select among *actors*."""
        by_name: dict[str, list[tuple[Actor, Mapping[str, str]]]] = {}
        for actor in actors:
            by_name.setdefault(actor.name, []).append((actor, dict(actor.labels)))
        known = recorded(rules)
        found: list[Read] = []
        for selection in selections(rules):
            selector = selection.selector
            if selector.metric in known or selector.metric in OWN - {UP}:
                continue
            fitting = tuple(
                actor
                for actor, labels in by_name.get(selector.metric, ())
                if all(accepts(m, labels.get(m[0], "")) is not False for m in selector.matchers)
            )
            found.append(Read(selection.rule.name, selector.metric, fitting))
        through: dict[str, frozenset[str]] = {}
        for rule, names in readings(rules):
            if rule.kind == "alert":
                through[rule.name] = through.get(rule.name, frozenset()) | names | {rule.name}
        return cls(tuple(found), through)

    def foreign(self) -> tuple[str, ...]:
        """Alerts with a selector that nothing fits: absence there is the stage's, not a fault."""
        return self._alerts({read.rule for read in self.found if not read.actors})

    def alien(self) -> frozenset[str]:
        """Alerts none of whose selectors finds anything: they are about somebody else."""
        some = set(self._alerts({read.rule for read in self.found if read.actors}))
        return frozenset(self.foreign()) - some

    def watching(self, actors: Iterable[Actor]) -> Mapping[str, tuple[str, ...]]:
        """By signal, the alerts that read a series in which it shows.

        Or that read its metric with a selector that nothing fits: they try to.
        """
        listed = tuple(actors)
        found: dict[str, tuple[str, ...]] = {}
        for signal in BY_ID:
            shown = frozenset(a for a in listed if shows(a, signal))
            metrics = {a.name for a in shown}
            names = {
                read.rule
                for read in self.found
                if not shown.isdisjoint(read.actors) or (not read.actors and read.metric in metrics)
            }
            found[signal] = self._alerts(names)
        return found

    def _alerts(self, names: Collection[str]) -> tuple[str, ...]:
        """Alerts among *names*, or that read a recording rule among them."""
        return tuple(a for a, through in self.through.items() if not through.isdisjoint(names))
