"""``observability.inhibition``: no inhibition rule silences a page that it should let through.

What: applies each inhibition rule to every pair of alerts. Why: while a source fires, its targets
reach nobody, so a rule turned the wrong way round, or one whose ``equal`` labels neither side has,
silences pages that nothing else stands for. Remedy: let the heavier alert silence the lighter one
about the same thing, by labels that both carry.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import Alert, named
from golive_gates.observability.routing.arrivals import alerts_of
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.inhibition import Silenced, silenced
from golive_gates.observability.routing.judging import concluded_on, faults
from golive_gates.observability.routing.model import Inhibition
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.inhibition", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A page may be silenced by what implies it only; nothing for want of a label."""
    del settings
    part = observation.require(Alerting)
    configs = configs_of(part).read
    alerts = _distinct(alerts_of(part))
    found = [
        *(f for config in configs for f in faults(config, "inhibition")),
        *(f for c in configs for r in c.inhibitions for f in _of(r, c.name, alerts)),
    ]
    return concluded_on(SPEC, observation, sum(len(c.inhibitions) for c in configs), found)


def _distinct(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """One of those that differ only in the file that they stand in."""
    return tuple({(a.rule.name, a.rule.expr, *a.rule.labels.items()): a for a in alerts}.values())


def _of(rule: Inhibition, name: str, alerts: tuple[Alert, ...]) -> Iterator[Finding]:
    pairs: dict[str, list[Silenced]] = {}
    for pair in silenced(rule, alerts):
        code = _code(rule, pair)
        if code is not None:
            pairs.setdefault(code, []).append(pair)
    for code, group in pairs.items():
        targets = named(p.target.rule.name for p in group)
        yield finding(
            rule.place,
            name,
            code,
            status=None if code == "lighter-silences" else Status.WARN,
            targets=targets,
            source=group[0].source.rule.name,
            labels=", ".join(rule.equal) or "-",
        )


def _code(rule: Inhibition, pair: Silenced) -> str | None:
    """What is wrong with a pair, if anything."""
    source, target = pair.source.rank, pair.target.rank
    if source is not None and target is not None and source < target:
        return "lighter-silences"
    if rule.equal and not pair.shared:
        return "equal-missing"
    # An alert that is named is meant to stand for the others: the whole cluster is down.
    meant = any(m.name == "alertname" and not m.negative for m in rule.source)
    return "page-silences-page" if pair.target.critical and not meant else None


CHECK = Check(SPEC, (Alerting,), judge)
