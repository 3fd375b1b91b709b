"""What has to wake somebody, and what the run's own objectives make of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from golive.api import Slo
from golive.objectives import ERROR_RATE, FIRST_EVENT, success_objective
from golive_gates.observability.scenarios.settings import SignalSetting


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that has to wake somebody.

    ``roles``: the metrics that it shows in, any of them enough. ``within``: seconds from its
    begin to the first firing alert. ``threshold``: where no SLO or setting says so, a share for
    ``error-rate``, seconds for ``latency``. ``slo``: id of the SLO that sets it.
    """

    id: str
    roles: tuple[str, ...]
    within: float = 900.0
    threshold: float | None = None
    slo: str = ""


ERRORS, LATENCY, ABSENT = "error-rate", "latency", "target-absent"
SIGNALS = (
    Signal(ERRORS, ("requests",), 600.0, 0.01, ERROR_RATE),
    Signal(LATENCY, ("first-content", "durations"), 900.0, 2.0, FIRST_EVENT),
    Signal("auth-failures", ("auth-failures", "requests")),
    Signal("rate-limit", ("rate-limited", "requests")),
    Signal("openai-errors", ("provider-requests",)),
    Signal("anthropic-errors", ("provider-requests",)),
    Signal("streams-aborted", ("streams",)),
    Signal(ABSENT, (), 600.0),
)
BY_ID: Mapping[str, Signal] = {signal.id: signal for signal in SIGNALS}
MOST_WITHIN = 7200.0
"""Seconds: what a scenario plays at the longest."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A signal as this run asks for it.

    ``threshold``: of the SLO, else of the settings, else the signal's own; ``None`` for a signal
    that has none. ``quantile``: of latency. ``from_slo``: id of the SLO that set the threshold,
    or empty. ``stated``: whether an SLO or a setting says the threshold, so that an alert can be
    held against it. ``alert``: the one that has to fire, where the settings name one.
    """

    signal: str
    within: float
    threshold: float | None = None
    quantile: float = 0.95
    from_slo: str = ""
    stated: bool = False
    alert: str = ""
    waived: str = ""
    explained: str = ""


def demands(settings: Mapping[str, SignalSetting], slos: Iterable[Slo]) -> tuple[Demand, ...]:
    """Every signal with its threshold and promised time. A setting goes before an SLO."""
    by_id = {slo.id: slo for slo in slos}
    return tuple(_demand(signal, settings, by_id) for signal in SIGNALS)


def _demand(
    signal: Signal, settings: Mapping[str, SignalSetting], slos: Mapping[str, Slo]
) -> Demand:
    own = settings.get(signal.id, SignalSetting())
    threshold, quantile, from_slo = signal.threshold, 0.95, ""
    slo = slos.get(signal.slo)
    share = success_objective(slo)
    if slo is not None and share is not None:
        if signal.id == ERRORS:
            threshold, from_slo = round(1.0 - share, 9), slo.id
        elif slo.threshold:
            threshold, quantile, from_slo = slo.threshold, share, slo.id
    stated = bool(from_slo)
    if own.threshold is not None:
        threshold, from_slo, stated = own.threshold, "", True
    within = min(own.within or signal.within, MOST_WITHIN)
    return Demand(
        signal.id,
        within,
        threshold,
        quantile,
        from_slo,
        stated,
        own.alert or "",
        own.waived or "",
        own.explained or "",
    )
