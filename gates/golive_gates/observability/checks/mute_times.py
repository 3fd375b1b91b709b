"""``observability.mute-times``: no page is held back by the clock.

What: looks at ``mute_time_intervals`` and ``active_time_intervals`` of the routes at which alerts
end, and at the intervals themselves. Why: what is muted is not sent later, it is not sent; an
undefined or malformed interval makes Alertmanager refuse the file. Remedy: send pages at all
times, and mute tickets only.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import named
from golive_gates.observability.routing.arrivals import Arrival, arrivals_of
from golive_gates.observability.routing.hours import at_all_times
from golive_gates.observability.routing.judging import concluded_on, faults
from golive_gates.observability.routing.model import AlertmanagerConfig, Route
from golive_gates.observability.routing.mute import never_ends, problems
from golive_gates.observability.routing.outcomes import Outcome
from golive_gates.observability.routing.refused import unknown_intervals
from golive_gates.observability.routing.tree import Delivery
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.mute-times", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Pages are never muted, tickets not for ever, and every interval is one."""
    del settings
    every = arrivals_of(observation.require(Alerting))
    found = [
        f
        for config, arrivals in every
        for f in (*faults(config, "mute-times"), *_intervals(config), *_muted(config, arrivals))
    ]
    subjects = sum(
        len(c.intervals) + sum(1 for r in c.root.walk() if r.mute or r.active) for c, _ in every
    )
    return concluded_on(SPEC, observation, subjects, found)


def _intervals(config: AlertmanagerConfig) -> Iterator[Finding]:
    for interval in config.intervals.values():
        for place, text in problems(interval):
            yield finding(place, interval.name, "interval-malformed", text=text)
    for route, name in unknown_intervals(config):
        yield finding(route.place, config.name, "interval-unknown", interval=name)
    root = config.root
    if (root.mute or root.active) and not config.open:
        yield finding(root.place, config.name, "root-muted")


def _muted(config: AlertmanagerConfig, arrivals: tuple[Arrival, ...]) -> Iterator[Finding]:
    held: dict[tuple[str, int], tuple[Route, list[str]]] = {}
    for arrival in arrivals if config.sound else ():
        critical = arrival.alert.critical
        for outcome in arrival.usual or arrival.outcomes or ():
            told = _told(outcome, config, critical=critical)
            if told is not None:
                code, route = told
                _, alerts = held.setdefault((code, id(route)), (route, []))
                alerts.append(arrival.alert.rule.name)
    for (code, _), (route, alerts) in held.items():
        shown = named(alerts)
        yield finding(
            route.place,
            config.name,
            code,
            status=Status.WARN if code == "page-in-turns" else None,
            alerts=shown,
            intervals=", ".join(route.mute or route.active),
        )


def _told(
    outcome: Outcome, config: AlertmanagerConfig, *, critical: bool
) -> tuple[str, Route] | None:
    """What is to be said when each arrival of the alert is held back at some time."""
    arriving = [d for d in outcome.deliveries if d.integrations]
    if not arriving:
        return None
    always = at_all_times(arriving, config) if critical else True
    if always is not True:
        first = arriving[0]
        code = "page-muted" if first.mute else "page-only-at-times"
        return code if always is False else "page-in-turns", first.route
    if all(_always(d, config) for d in arriving):
        return "muted-for-ever", arriving[0].route
    return None


def _always(delivery: Delivery, config: AlertmanagerConfig) -> bool:
    found = (config.intervals.get(name) for name in delivery.mute)
    return any(interval is not None and never_ends(interval) for interval in found)


CHECK = Check(SPEC, (Alerting,), judge)
