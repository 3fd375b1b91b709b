"""Settings of gate ``observability`` (``gates.observability`` in ``golive.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.config.markers import Duration
from golive_gates.observability.live.settings import Alertmanager
from golive_gates.observability.scenarios.settings import SIGNAL_IDS, SignalSetting

ROLES = (
    "requests",
    "durations",
    "first-content",
    "auth-failures",
    "rate-limited",
    "provider-requests",
    "streams",
)
"""What a metric of a service may be for."""


@dataclass(frozen=True, slots=True)
class RoleSetting:
    """Which metric plays a role. ``labels``: the role's labels by what the metric calls them."""

    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)


_VERSION = re.compile(r"v?\d+\.\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the alerts are held against.

    ``scrape_interval``: how often every target has to be scraped. ``exposition``: files in the
    exposition format that stand for ``/metrics`` where it cannot be asked, globs relative to
    golive.yaml; the name of a service starts that of its file. ``target_labels``: by service,
    the labels that Prometheus adds to its series, where the monitors do not tell. ``roles``:
    metrics of roles that their names do not tell (``requests``, ``first-content``, ...).
    ``alertmanager``: where the delivery drill is done, if ``drill`` is chosen: it posts a
    synthetic alert, which may page people. ``signals``: what is asked of the signals that alerts
    have to answer to (``error-rate``, ``latency``, ...). ``prometheus_version``: which rules are
    loaded by, as ``2.53``; without it what only some versions know is left open.
    ``severities``: values of the label ``severity``. ``detect_within``: how long after its cause
    an alert may fire. ``monitor_labels``: labels by which Prometheus selects monitors and rule
    objects, where its own object is not among the files.
    """

    scrape_interval: Duration = 30.0
    exposition: tuple[str, ...] = ()
    target_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, RoleSetting] = field(default_factory=dict)
    alertmanager: Alertmanager | None = None
    drill: bool = False
    signals: Mapping[str, SignalSetting] = field(default_factory=dict)
    prometheus_version: str | None = None
    severities: tuple[str, ...] = ("critical", "warning", "info", "page", "ticket")
    detect_within: Duration = 900.0
    monitor_labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a role, signal or version that there is not."""
        if self.prometheus_version is not None and not _VERSION.fullmatch(self.prometheus_version):
            msg = f"prometheus_version: {self.prometheus_version!r} is no version such as 2.53"
            raise ValueError(msg)
        if not self.severities:
            raise ValueError("severities must name at least one")
        unknown = sorted(set(self.roles) - set(ROLES))
        if unknown:
            msg = f"roles: {', '.join(unknown)}: not one of {', '.join(ROLES)}"
            raise ValueError(msg)
        strange = sorted(set(self.signals) - set(SIGNAL_IDS))
        if strange:
            msg = f"signals: {', '.join(strange)}: not one of {', '.join(SIGNAL_IDS)}"
            raise ValueError(msg)
