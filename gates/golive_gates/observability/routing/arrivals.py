"""Whether an alert arrives: what its possible ways through one configuration come to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from golive.inspecting import Same
from golive_gates.observability.looking import rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import Alert, AlertLabels, every_alert
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.matchers import Matcher
from golive_gates.observability.routing.model import AlertmanagerConfig, Receiver
from golive_gates.observability.routing.outcomes import Outcome, outcomes
from golive_gates.observability.routing.tree import Delivery, UndecidedError

_NOBODY = re.compile(
    r"(?<![a-z])(?:null|none|nil|void|black[-_ ]?hole|drop(?:ped)?|discard|no-?op|ignored?|silent"
    r"|silenced?|trash|sink|dead-?end|nobody|nowhere|muted?|watchdog|info-?inhibitor)(?![a-z])",
    re.IGNORECASE,
)
"""Words in the names of receivers that are empty on purpose."""
NAMESPACE = "namespace"


class Fate(Enum):
    """What becomes of an alert in one outcome."""

    ARRIVES = "arrives"
    NOWHERE = "nowhere"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert and its outcomes in one configuration; ``None``: too many, or not to be told."""

    alert: Alert
    outcomes: tuple[Outcome, ...] | None

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Where it ends, whatever its labels are."""
        return tuple(d for o in self.outcomes or () for d in o.deliveries)

    @property
    def usual(self) -> tuple[Outcome, ...]:
        """The outcomes for which nothing has to be assumed."""
        return tuple(o for o in self.outcomes or () if o.usual)

    @property
    def fate(self) -> Fate | None:
        """What becomes of it for certain; ``None``: it depends on labels that are not known.

        That it ends nowhere, or at another place, only for a value that a route asks for is
        what that route is for.
        """
        usual = {fate_of(o) for o in self.usual}
        if usual == {Fate.ARRIVES}:
            return Fate.ARRIVES
        every = {fate_of(o) for o in self.outcomes or ()}
        return every.pop() if len(every) == 1 else None


def empty_on_purpose(receiver: Receiver) -> bool:
    """Whether *receiver* has no integration and a name that says so, such as ``null``."""
    if receiver.integrations:
        return False
    return _NOBODY.search(receiver.name.rpartition("/")[2]) is not None


def fate_of(outcome: Outcome) -> Fate:
    """What becomes of an alert in *outcome*.

    A receiver that is empty by mistake, or not defined, is the business of other findings.
    """
    found = {_fate(d) for d in outcome.deliveries}
    return next(f for f in (Fate.ARRIVES, Fate.UNSEEN, Fate.NOWHERE) if f in found)


def _fate(delivery: Delivery) -> Fate:
    if not delivery.receiver:
        return Fate.UNSEEN
    if delivery.known and not delivery.integrations:
        empty = Receiver(delivery.receiver, delivery.route.place)
        return Fate.NOWHERE if empty_on_purpose(empty) else Fate.ARRIVES
    return Fate.ARRIVES


@lru_cache(maxsize=2)
def _alerts(known: Same[Alerting]) -> tuple[Alert, ...]:
    return every_alert(rules_of(known.part))


def alerts_of(part: Alerting) -> tuple[Alert, ...]:
    """The alerts of *part*; read once for all checks of a run."""
    return _alerts(Same(part))


@lru_cache(maxsize=2)
def _arrivals(known: Same[Alerting]) -> tuple[tuple[AlertmanagerConfig, tuple[Arrival, ...]], ...]:
    part = known.part
    alerts = tuple(a for a in alerts_of(part) if a.asks)
    spaces = tuple(
        dict.fromkeys(o.namespace for o in part.objects if o.type == "Service" and o.namespace)
    )
    return tuple(
        (config, tuple(arrivals(config, alerts, spaces))) for config in configs_of(part).read
    )


def arrivals_of(part: Alerting) -> tuple[tuple[AlertmanagerConfig, tuple[Arrival, ...]], ...]:
    """Every configuration with what becomes in it of each alert that asks for attention."""
    return _arrivals(Same(part))


def arrivals(
    config: AlertmanagerConfig, alerts: Iterable[Alert], spaces: tuple[str, ...]
) -> Iterator[Arrival]:
    """What becomes of *alerts*. *spaces*: namespaces that their series may come from."""
    asked: dict[str, dict[Matcher, None]] = {}
    for route in config.root.walk():
        for matcher in route.matchers:
            asked.setdefault(matcher.name, {})[matcher] = None
    known: dict[object, tuple[Outcome, ...] | None] = {}
    for alert in alerts:
        key = _key(alert, asked)
        if key not in known:
            known[key] = _outcomes(config, alert, spaces)
        yield Arrival(alert, known[key])


def _key(alert: Alert, asked: Mapping[str, Iterable[Matcher]]) -> object:
    """Alerts that differ in nothing that a route asks for take the same way."""
    labels = alert.labels
    told: list[object] = []
    for name, matchers in asked.items():
        value = labels.value(name)
        told.append(
            labels.may_lack(name) if value is None else tuple(m.matches(value) for m in matchers)
        )
    return (*told, alert.namespace if labels.value(NAMESPACE) is None else "")


def _outcomes(
    config: AlertmanagerConfig, alert: Alert, spaces: tuple[str, ...]
) -> tuple[Outcome, ...] | None:
    found = _followed(config, alert.labels)
    if Arrival(alert, found).fate is Fate.ARRIVES or alert.labels.value(NAMESPACE) is not None:
        return found
    # A rule usually watches what runs beside it.
    own = (alert.namespace,) if alert.namespace else spaces
    at_home = [_followed(config, alert.labels.with_value(NAMESPACE, s)) for s in own]
    if at_home and all(Arrival(alert, o).fate is Fate.ARRIVES for o in at_home):
        return tuple(o for found in at_home for o in found or ())
    return found


def _followed(config: AlertmanagerConfig, labels: AlertLabels) -> tuple[Outcome, ...] | None:
    try:
        return outcomes(config, labels)
    except UndecidedError:
        return None
