"""Whether a signal is answered: which alert fires for it, when, and if none, why. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from golive.api import Observation, Status
from golive.model import Scalar
from golive_gates.observability.checks import metrics_exist
from golive_gates.observability.routing.alerts import rank_of
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.scenarios.causes import QUIET, UNLABELLED, Cause, Causes, causes
from golive_gates.observability.scenarios.parts import Behaviour
from golive_gates.observability.scenarios.rulefiles import reading
from golive_gates.observability.scenarios.scripts import GROSS
from golive_gates.observability.scenarios.signals import ABSENT, BY_ID, Demand
from golive_gates.observability.scenarios.unit_tests import Firing
from golive_gates.observability.scenarios.views import View
from golive_gates.observability.settings import Settings

SILENT_CHECK = "observability.silent"
THRESHOLDS_CHECK = "observability.thresholds"
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one scenario. ``code``: of a finding, or empty when it is answered."""

    code: str = ""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    status: Status | None = None
    blocked_by: str | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers need beside the scenarios."""

    part: Behaviour
    quiet: Causes
    unlabelled: Causes

    @classmethod
    def of(cls, observation: Observation, settings: Settings) -> Answering:
        """From the parts of a run."""
        return cls(
            observation.require(Behaviour),
            causes(observation, settings, QUIET),
            causes(observation, settings, UNLABELLED),
        )

    def answer(self, view: View, demand: Demand, scenario: str) -> Answer:
        """Whether some alert of *view* answers *demand* in *scenario*."""
        firing = [f for f in fired(view, demand, scenario) if f.labels.get("severity")]
        waking = [f for f in firing if rank_of(f.labels["severity"]) != 0]
        soonest = min((f.after for f in waking), default=None)
        if soonest is not None and soonest <= demand.within:
            return Answer()
        watching = tuple(_watching(self.part, view, demand))
        if soonest is None and firing:
            return Answer("only-informs", _named(firing), Status.WARN)
        cause = self.cause(view, demand)
        if cause is not None:
            stuck: dict[str, Scalar] = {"alert": cause.finding.subject, "check": cause.check}
            return Answer("cannot-fire", stuck, _OPEN, cause.check, _first(watching))
        if soonest is not None:
            late = [f for f in waking if f.after == soonest]
            params: dict[str, Scalar] = {
                **_named(late),
                "after": round(soonest),
                "within": round(demand.within),
            }
            return Answer("too-late", params, rule=view.rule(late[0].alert))
        for why in (self._unheard, self._gross, self._unwatched):
            answer = why(view, demand, scenario, watching)
            if answer is not None:
                return answer
        return Answer("does-not-fire", _of(watching, demand), rule=_first(watching))

    def cause(self, view: View, demand: Demand) -> Cause | None:
        """What another check has found against an alert that watches the signal."""
        return self.quiet.of(_names(tuple(_watching(self.part, view, demand)), view))

    def _unheard(
        self, view: View, demand: Demand, scenario: str, watching: tuple[Rule, ...]
    ) -> Answer | None:
        """Something fires, and cannot count."""
        rule = _first(watching)
        if demand.alert and view.rule(demand.alert) is None:
            return Answer("no-such-alert", {"alert": demand.alert})
        bare = fired(view, demand, scenario)
        if bare:
            cause = self.unlabelled.of({f.alert for f in bare})
            check = None if cause is None else cause.check
            return Answer("no-severity", _named(bare), _OPEN if check else None, check, rule)
        before = [f for f in view.firings(scenario) if f.after <= 0]
        noisy = [f for f in before if f.alert in {r.name for r in watching}]
        if noisy:
            return Answer("already-firing", _named(noisy), _OPEN, SILENT_CHECK, rule)
        return None

    def _gross(
        self, view: View, demand: Demand, scenario: str, watching: tuple[Rule, ...]
    ) -> Answer | None:
        """It fires for a far larger fault only."""
        gross = fired(view, demand, f"{scenario}/{GROSS}")
        if not any(f.after <= demand.within for f in gross):
            return None
        rule = view.rule(gross[0].alert)
        if demand.explained:
            why = {**_named(gross), "why": demand.explained}
            return Answer("explained", why, Status.WARN, None, rule)
        params = {**_of(watching, demand), **_named(gross)}
        check = THRESHOLDS_CHECK if demand.stated else None
        return Answer("only-gross", params, _OPEN if check else None, check, rule)

    def _unwatched(
        self, view: View, demand: Demand, scenario: str, watching: tuple[Rule, ...]
    ) -> Answer | None:
        """No alert reads the signal's metrics, or none that could be played on them."""
        del scenario
        params, rule = _of(watching, demand), _first(watching)
        if not watching:
            lost = [c for c in self.quiet.certain if c.check == metrics_exist.SPEC.id]
            if lost:
                named: dict[str, Scalar] = {"alert": lost[0].finding.subject}
                return Answer("watched-elsewhere", named, _OPEN, lost[0].check)
            return Answer("nothing-watches", params)
        if all(r.name in view.beyond for r in watching):
            return Answer("beyond", params, _OPEN, None, rule)
        if any(role in self.part.guessed for role in BY_ID[demand.signal].roles):
            return Answer("guessed-label", params, _OPEN, None, rule)
        return None


_OPEN = Status.INCONCLUSIVE


def fired(view: View, demand: Demand, scenario: str) -> tuple[Firing, ...]:
    """Alerts that began to fire after the fault did, of those that *demand* accepts."""
    return tuple(f for f in view.firings(scenario) if f.after > 0 and demand.alert in ("", f.alert))


def _watching(part: Behaviour, view: View, demand: Demand) -> Iterator[Rule]:
    """Alerts that read a series in which the signal shows, or try to."""
    names = {n for one in part.sets for n in one.watching.get(demand.signal, ())}
    for rule in view.alerts:
        if demand.alert:
            if rule.name == demand.alert:
                yield rule
        elif demand.signal == ABSENT:
            if _watches_absence(rule):
                yield rule
        elif rule.name in names:
            yield rule


def _watches_absence(rule: Rule) -> bool:
    tree = promql.parse(rule.expr)
    if isinstance(tree, promql.Refused):
        return False
    names = {s.metric for s in promql.selectors(tree)}
    calls = {n.func.name for n in promql.nodes(tree) if promql.kind(n) == "Call"}
    return "up" in names or bool(calls & promql.EMPTY_WHEN_WELL)


def _names(watching: tuple[Rule, ...], view: View) -> frozenset[str]:
    """Names of *watching* and of the recording rules that they read."""
    recorded = {r.name for r in view.rules if r.kind == "record"}
    read = {name for rule in watching for name in reading(rule, view.rules)}
    return frozenset({r.name for r in watching} | (recorded & read))


def _first(rules: tuple[Rule, ...]) -> Rule | None:
    return rules[0] if rules else None


def _of(watching: tuple[Rule, ...], demand: Demand) -> dict[str, Scalar]:
    return {"alerts": listed([r.name for r in watching]), "within": round(demand.within)}


def _named(firings: list[Firing] | tuple[Firing, ...]) -> dict[str, Scalar]:
    return {"alert": listed(list(dict.fromkeys(f.alert for f in firings)))}


def listed(names: Sequence[str]) -> str:
    """The first few of *names*, and how many more there are."""
    more = f" (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
