"""The sets of rules as judges look at them: which alerts there are and what each scenario gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from golive.api import Fact, Observation, Reason
from golive_gates.observability.looking import rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.scenarios.parts import Behaviour, Played, SetPlayed
from golive_gates.observability.scenarios.scripts import ABOVE, BELOW, GROSS
from golive_gates.observability.scenarios.unit_tests import Firing

PROMTOOL_CHECK = "observability.promtool"
EXPOSITION_CHECK = "observability.exposition"
MOST_FACTS = 40
MOST_ALERTS = 3
SEPARATE = 0.5
"""From this share of common alerts on, two sets are two ways to install the same rules."""


@dataclass(frozen=True, slots=True)
class View:
    """Rules that one Prometheus loads. ``name``: of the set, where the other is judged apart."""

    name: str
    rules: tuple[Rule, ...]
    scenarios: Mapping[str, Played]
    beyond: frozenset[str]
    foreign: frozenset[str]
    alien: frozenset[str]

    @property
    def alerts(self) -> tuple[Rule, ...]:
        """Every alert but those that fire on purpose."""
        return tuple(r for r in self.rules if r.kind == "alert" and not fires_on_purpose(r))

    @property
    def played(self) -> tuple[Rule, ...]:
        """Those that could show in a scenario whether they fire."""
        unplayed = self.beyond | self.alien
        return tuple(r for r in self.alerts if self.scenarios and r.name not in unplayed)

    def rule(self, alert: str) -> Rule | None:
        """The first alert called so; ``None`` for one that fires on purpose."""
        return next((r for r in self.alerts if r.name == alert), None)

    def firings(self, scenario: str) -> tuple[Firing, ...]:
        """What fired in *scenario*, the first of each alert and severity, soonest first."""
        played = self.scenarios.get(scenario)
        found: dict[tuple[str, str], Firing] = {}
        for one in () if played is None else played.firings:
            if self.rule(one.alert) is not None:
                found.setdefault((one.alert, one.labels.get("severity", "")), one)
        return tuple(found.values())


def fires_on_purpose(rule: Rule) -> bool:
    """Whether *rule* is a dead man's switch."""
    tree = promql.parse(rule.expr)
    return not isinstance(tree, promql.Refused) and promql.always_on(tree)


def views(observation: Observation) -> tuple[View, ...]:
    """The sets: together, unless they have most of their alerts in common; alike ones once."""
    part = observation.require(Behaviour)
    groups = rules_of(observation.require(Alerting)).groups
    rules = {
        one.set: tuple(r for g in groups if g.set == one.set for r in g.rules) for one in part.sets
    }
    distinct = [one for one in part.sets if not one.same_as]
    if len(distinct) < 2:
        return tuple(_view("", rules[one.set], (one,)) for one in distinct)
    names = [{r.name for r in rules[one.set] if r.kind == "alert"} for one in distinct]
    common = len(names[0] & names[1])
    if common and common >= SEPARATE * min(map(len, names)):
        return tuple(_view(one.set, rules[one.set], (one,)) for one in distinct)
    return (_view("", tuple(r for one in distinct for r in rules[one.set]), distinct),)


def _view(name: str, rules: tuple[Rule, ...], sets: Sequence[SetPlayed]) -> View:
    scenarios: dict[str, Played] = {}
    for played in (p for one in sets for p in one.scenarios):
        known = scenarios.get(played.scenario)
        firings = (*known.firings, *played.firings) if known else played.firings
        scenarios[played.scenario] = Played(
            played.scenario,
            played.signal,
            played.variant,
            played.looked,
            played.value,
            tuple(sorted(firings, key=lambda f: f.after)),
        )
    return View(
        name,
        rules,
        scenarios,
        frozenset(b for one in sets for b in one.beyond),
        frozenset(f for one in sets for f in one.foreign),
        frozenset(a for one in sets for a in one.alien),
    )


def unplayed(part: Behaviour) -> tuple[Reason, str | None] | None:
    """Why some set was not played, and the check that reports it; ``None`` when all were."""
    for one in part.sets:
        match one.problem:
            case "" | "nothing-to-play":
                continue
            case "refused":
                return Reason("rules-refused", {"set": one.set}), PROMTOOL_CHECK
            case "nothing-exposed":
                return Reason("nothing-exposed"), EXPOSITION_CHECK
            case _:
                return Reason("promtool-failed", {"detail": one.detail}), None
    return None


def facts(found: Sequence[View]) -> tuple[Fact, ...]:
    """When alerts fired first: seconds after the fault began, a few alerts a scenario.

    The larger, smaller and single faults, which explain rather than decide, are left to the part.
    """
    listed: list[Fact] = []
    for view in found:
        prefix = f"{view.name}: " if view.name else ""
        for scenario, played in view.scenarios.items():
            if not played.signal or played.variant in (ABOVE, BELOW, GROSS) or ":" in scenario:
                continue
            soonest: dict[str, float] = {}
            for firing in view.firings(scenario):
                if firing.after > 0 and len(soonest) < MOST_ALERTS:
                    soonest.setdefault(firing.alert, firing.after)
            listed.extend(
                Fact(f"{prefix}{scenario}: {alert}", round(after), "s")
                for alert, after in soonest.items()
            )
    alien = {name for view in found for name in view.alien}
    if alien:
        listed.insert(0, Fact("alerts_elsewhere", len(alien)))
    beyond = sorted({name for view in found for name in view.beyond})
    if beyond:
        listed.insert(0, Fact("alerts_not_played", ", ".join(beyond)))
    return tuple(listed[:MOST_FACTS])
