"""``observability.receivers``: a receiver that alerts reach has a way to people.

What: looks at the integrations behind each receiver and at what each of them needs, its own or
from ``global``. Why: a receiver without an integration is valid to Alertmanager and to amtool, and
drops whatever is sent to it; an integration that lacks its key or address makes Alertmanager
refuse the file. Remedy: give the receiver an integration, and the integration what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import named
from golive_gates.observability.routing.arrivals import Arrival, arrivals_of, empty_on_purpose
from golive_gates.observability.routing.integrations import missing
from golive_gates.observability.routing.judging import concluded_on, faults
from golive_gates.observability.routing.model import AlertmanagerConfig, Receiver
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.receivers", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No receiver that is routed to may be empty by mistake, no integration incomplete."""
    del settings
    every = arrivals_of(observation.require(Alerting))
    found = [f for config, arrivals in every for f in _of(config, arrivals)]
    subjects = sum(len(config.receivers) for config, _ in every)
    return concluded_on(SPEC, observation, subjects, found)


def _of(config: AlertmanagerConfig, arrivals: tuple[Arrival, ...]) -> Iterator[Finding]:
    yield from faults(config, "receivers")
    routed = {route.receiver for route in config.root.walk()}
    reached: dict[str, list[str]] = {}
    for arrival in arrivals:
        for delivery in arrival.deliveries:
            reached.setdefault(delivery.receiver, []).append(arrival.alert.rule.name)
    for receiver in config.receivers.values():
        if receiver.name in routed and config.sound:
            yield from _empty(receiver, reached.get(receiver.name, ()), anybody=bool(arrivals))
        yield from _incomplete(config, receiver)


def _empty(
    receiver: Receiver, alerts: list[str] | tuple[str, ...], *, anybody: bool
) -> Iterator[Finding]:
    if receiver.integrations or empty_on_purpose(receiver):
        return
    shown = named(alerts)
    if alerts:
        yield finding(receiver.place, receiver.name, "receiver-empty", alerts=shown)
    else:
        # Without rules in the files nobody knows what it is for.
        status = Status.WARN if anybody else None
        yield finding(receiver.place, receiver.name, "receiver-unused-empty", status=status)


def _incomplete(config: AlertmanagerConfig, receiver: Receiver) -> Iterator[Finding]:
    for integration in receiver.integrations:
        for need in missing(integration, config.defaults):
            # What stands in a ``global`` that nobody sees may well be there.
            unseen = bool(need.defaults) and integration.referenced and not config.defaults
            yield finding(
                integration.place,
                receiver.name,
                "from-global" if unseen else "incomplete",
                status=Status.INCONCLUSIVE if unseen else None,
                kind=integration.kind,
                fields=" / ".join(need.fields),
            )


CHECK = Check(SPEC, (Alerting,), judge)
