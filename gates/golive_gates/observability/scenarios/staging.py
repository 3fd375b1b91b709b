"""From what is exposed and asked for to the files that promtool plays, and back. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from golive.api import Config
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.metrics.roles import Role, roles_of
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.scenarios.casting import UP, Cast, cast
from golive_gates.observability.scenarios.parts import Played, SetPlayed
from golive_gates.observability.scenarios.reads import Reads
from golive_gates.observability.scenarios.rulefiles import (
    RuleFile,
    all_rules,
    as_one,
    selected,
    tiers,
)
from golive_gates.observability.scenarios.scripts import LONG, LONG_LEAD, Script, scripts
from golive_gates.observability.scenarios.showing import shows
from golive_gates.observability.scenarios.signals import ABSENT, Demand, demands
from golive_gates.observability.scenarios.unit_tests import Firing, answers, written
from golive_gates.observability.settings import Settings

STEPS = (15.0, 60.0)
"""Seconds between two scrapes that scenarios are played with, at least and at most."""
MOST_FIRINGS = 500
"""Alerts with different labels that are kept of one scenario."""


@dataclass(frozen=True, slots=True)
class Stage:
    """All that the scenarios of a run have in common. ``gap``: why nothing can be played."""

    cast: Cast
    demands: tuple[Demand, ...]
    expected: Mapping[str, bool]
    step: float
    scripts: tuple[Script, ...] = ()
    long_scripts: tuple[Script, ...] = ()
    invisible: tuple[str, ...] = ()
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One test file, ``text``, and the rule file ``rules`` that it names ``rules_name``."""

    tier: str
    text: str
    rules_name: str
    rules: str
    scripts: tuple[Script, ...]


def set_stage(
    exposed: Exposed | None,
    rules: Sequence[Rule],
    config: Config,
    settings: Settings,
    now: float,
) -> Stage:
    """The stage for what *exposed* shows at *now* (seconds since the epoch)."""
    asked = demands(settings.signals, config.slos)
    expected = _expected(config)
    step = min(max(float(round(settings.scrape_interval)), STEPS[0]), STEPS[1])
    if exposed is None or not exposed.inventories:
        return Stage(Cast((), ()), asked, expected, step, gap="nothing-exposed")
    used = frozenset(name for rule in rules for name in selected(rule))
    roles = roles_of(exposed.inventory, settings.roles, used)
    target = config.target
    api = None if target is None else target.generate_api
    players = cast(exposed.inventories, roles, now, () if api is None else (api.path,))
    first = isinstance(roles.get("first-content"), Role)
    short = scripts(asked, players.targets, step, first)
    long = tuple(s for s in scripts(asked, (), step, first, LONG_LEAD) if s.id in LONG)
    unseen = tuple(s.id for s in short if s.signal and not _visible(s, players, step))
    return Stage(players, asked, expected, step, short, long, unseen)


def _expected(config: Config) -> Mapping[str, bool]:
    """Whether the target has to show a signal, as far as its configuration tells."""
    target = config.target
    generates = target is not None and target.generate_api is not None
    return {
        "auth-failures": target is not None and target.auth is not None,
        "rate-limit": target is not None and target.rate_limit is not None,
        "openai-errors": generates,
        "anthropic-errors": generates,
        "streams-aborted": generates,
    }


def _visible(script: Script, players: Cast, step: float) -> bool:
    """Whether any series that can tell the fault is another one because of it.

    Those of ``up`` and all beside it tell that a target is gone; the answers that a histogram of
    durations counts do not tell a refused request from a served one.
    """
    well = script.phases[0][1]
    same = ((sum(count for count, _ in script.phases), well),)
    telling = (a for a in players.actors if script.signal == ABSENT or shows(a, script.signal))
    return any(a.shown(script.phases, step) != a.shown(same, step) for a in telling)


def acts(stage: Stage, files: Sequence[RuleFile], strip: Collection[str]) -> list[Act]:
    """The test files for one set of rules: one for each tier that has alerts."""
    rules = all_rules(files)
    reads = Reads.of(rules, stage.cast.actors)
    alien = reads.alien()
    by_tier = tiers([r for r in rules if r.kind == "record" or r.name not in alien])
    watching = reads.watching(stage.cast.actors)
    far = {rule.name for rule in rules if id(rule) in by_tier.long}
    # An hour of lead is dear: only what these alerts may answer is played with it.
    long = [s for s in stage.long_scripts if not s.signal or far & {*watching[s.signal]}]
    found: list[Act] = []
    for tier, chosen, played_scripts in (
        ("short", by_tier.short, stage.scripts),
        ("long", by_tier.long, tuple(long)),
    ):
        if not chosen:
            continue
        name = f"rules-{files[0].set}-{tier}.json"
        metrics = frozenset(n for rule in rules if id(rule) in chosen for n in selected(rule))
        wanted = None if "" in metrics else metrics | {UP}
        text = written(played_scripts, stage.cast.actors, [name], stage.step, wanted)
        found.append(Act(tier, text, name, as_one(files, chosen, strip), played_scripts))
    return found


def described(state: SetPlayed, rules: Sequence[Rule], stage: Stage) -> SetPlayed:
    """*state* with what can be said of *rules* before anything is played."""
    reads = Reads.of(rules, stage.cast.actors)
    return replace(
        state,
        beyond=tiers(rules).beyond,
        foreign=reads.foreign(),
        alien=tuple(sorted(reads.alien())),
        watching=reads.watching(stage.cast.actors),
    )


def played(
    state: SetPlayed, planned: Sequence[Act], report: str, delays: Mapping[str, float]
) -> SetPlayed:
    """*state* with what *report* says. Raises ``ValueError`` when it does not say all."""
    firings: dict[str, list[Firing]] = {}
    for said in answers(report, [act.scripts for act in planned]):
        for name, listed in said.items():
            late = (replace(f, after=f.after + _delay(f, delays)) for f in listed)
            firings.setdefault(name, []).extend(late)
    seen = {s.id: s for act in planned for s in act.scripts}
    return replace(
        state,
        scenarios=tuple(
            Played(
                script.id,
                script.signal,
                script.variant,
                script.lasts,
                script.value,
                tuple(sorted(firings[name], key=lambda f: f.after)[:MOST_FIRINGS]),
            )
            for name, script in seen.items()
        ),
    )


def _delay(firing: Firing, delays: Mapping[str, float]) -> float:
    return delays.get(firing.alert, 0.0) if firing.after > 0 else 0.0
