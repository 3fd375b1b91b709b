"""``observability.channels``: alerts arrive where the configuration says they do.

What: for each entry of ``channels`` walks every alert of its severities to its receivers and looks
for an integration of that kind. Why: that alerts go to Slack, PagerDuty and e-mail is what the
report says, and who is on call relies on it. Remedy: add the integration to the receiver, or say
in ``channels`` what is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import named
from golive_gates.observability.routing.arrivals import (
    Arrival,
    alerts_of,
    arrivals_of,
    empty_on_purpose,
)
from golive_gates.observability.routing.asked import Asked, Channels
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.integrations import kind_named, kind_of
from golive_gates.observability.routing.judging import concluded_on
from golive_gates.observability.routing.model import AlertmanagerConfig, Integration, Route
from golive_gates.observability.routing.outcomes import Outcome
from golive_gates.observability.routing.tree import Delivery
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.channels", needs=EvidenceLevel.STATIC)
_ADDRESSED = {"slack": "channel", "email": "to"}
"""Where an integration of such a kind says its address."""

_BLOCKED = {
    "channel-empty": "observability.receivers",
    "channel-unrouted": "observability.routes",
}
"""Findings that say what another check has found."""

Judged = tuple[tuple[AlertmanagerConfig, tuple[Arrival, ...]], ...]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each alert of a channel's severities reaches an integration of its kind somewhere."""
    del settings
    part = observation.require(Alerting)
    every = arrivals_of(part)
    channels = observation.find(Channels)
    absent = isinstance(channels, Unavailable) and channels.kind == "absent"
    alerts = sum(a.asks for a in alerts_of(part))
    if not every and not configs_of(part).unread and (alerts or not absent):
        # That alerts reach somebody is then shown by nothing.
        return SPEC.inconclusive(Reason("no-alertmanager", {"count": alerts}))
    if isinstance(channels, Unavailable) and absent:
        return SPEC.not_applicable(channels.reason)
    asked = observation.require(Channels).asked
    found = [f for channel in asked for f in _of(channel, every)] if every else []
    result = concluded_on(SPEC, observation, len(asked), found)
    if result.status is Status.INCONCLUSIVE and result.blocked_by is None:
        causes = {f.reason.code for f in found} & _BLOCKED.keys()
        return replace(result, blocked_by=_BLOCKED[min(causes)] if causes else None)
    return result


def _title(channel: Asked) -> str:
    return f"{channel.kind} {channel.address}".strip()


def _of(channel: Asked, every: Judged) -> Iterator[Finding]:
    place = every[0][0].place
    title = _title(channel)
    kind = kind_named(channel.kind)
    if kind is None:
        yield finding(place, title, "channel-unknown", status=Status.INCONCLUSIVE)
        return
    wanted = {s.strip().lower() for s in channel.severities}
    severities = ", ".join(channel.severities) or "*"
    chosen = [
        (config, [a for a in arrivals if not wanted or a.alert.severity.lower() in wanted])
        for config, arrivals in every
    ]
    if not any(arrivals for _, arrivals in chosen):
        yield finding(place, title, "channel-idle", status=Status.WARN, severities=severities)
        return
    reached = {id(a.alert) for _, arrivals in chosen for a in arrivals if _reaches(a.usual, kind)}
    for config, arrivals in chosen:
        missed = [a for a in arrivals if id(a.alert) not in reached]
        yield from _missed(config, missed, title, kind, severities)
    yield from _address(channel, title, kind, chosen)


def _reaches(ways: tuple[Outcome, ...], kind: str) -> bool:
    return bool(ways) and all(any(_has(d.integrations, kind) for d in o.deliveries) for o in ways)


def _has(integrations: tuple[Integration, ...], kind: str) -> bool:
    return any(kind_of(i) == kind for i in integrations)


def _missed(
    config: AlertmanagerConfig, missed: list[Arrival], title: str, kind: str, severities: str
) -> Iterator[Finding]:
    groups: dict[tuple[int, str], tuple[Route, list[str]]] = {}
    for arrival in missed:
        ends = arrival.deliveries
        route = ends[0].route if ends else config.root
        code = _code(config, ends, kind)
        groups.setdefault((id(route), code), (route, []))[1].append(arrival.alert.rule.name)
    for (_, code), (route, alerts) in groups.items():
        shown = named(alerts)
        yield finding(
            route.place,
            title,
            code,
            status=None if code == "channel-missed" else Status.INCONCLUSIVE,
            alerts=shown,
            kind=kind,
            severities=severities,
            receiver=route.receiver,
        )


def _code(config: AlertmanagerConfig, ends: tuple[Delivery, ...], kind: str) -> str:
    """Why alerts that end so are not known to reach an integration of *kind*."""
    if not ends or any(not d.receiver or _has(d.integrations, kind) for d in ends):
        return "channel-depends"  # Some ways lead there, or one that nobody sees may.
    if not config.sound or any(not d.known for d in ends):
        return "channel-unrouted"
    silent = [d for d in ends if not d.integrations]
    if len(silent) < len(ends):
        return "channel-missed"
    empty = (config.receivers[d.receiver] for d in silent)
    return "channel-unrouted" if all(map(empty_on_purpose, empty)) else "channel-empty"


def _address(
    channel: Asked, title: str, kind: str, chosen: list[tuple[AlertmanagerConfig, list[Arrival]]]
) -> Iterator[Finding]:
    """Where the channel's address can be compared, one of its integrations has to have it."""
    field = _ADDRESSED.get(kind)
    wanted = channel.address.strip().lstrip("#").lower()
    if field is None or not wanted or (kind == "email" and "@" not in wanted):
        return
    integrations = {
        id(i): i
        for _, arrivals in chosen
        for a in arrivals
        for d in a.deliveries
        for i in d.integrations
        if kind_of(i) == kind
    }
    texts = [str(i.fields.get(field) or "") for i in integrations.values()]
    addresses = {p.strip().lstrip("#").lower() for t in texts for p in t.split(",")}
    if not texts or wanted in addresses or any("{{" in t or not t for t in texts):
        return
    first = next(iter(integrations.values()))
    yield finding(
        first.place,
        title,
        "channel-address",
        below=(field,),
        status=Status.WARN,
        found=", ".join(sorted(addresses))[:200],
    )


CHECK = Check(SPEC, (Alerting, Channels), judge)
