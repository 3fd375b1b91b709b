"""Settings of the signals (``gates.observability.signals`` in ``golive.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass

from golive.config.markers import Duration, Name

SIGNAL_IDS = (
    "error-rate",
    "latency",
    "auth-failures",
    "rate-limit",
    "openai-errors",
    "anthropic-errors",
    "streams-aborted",
    "target-absent",
)
"""What has to wake somebody."""


@dataclass(frozen=True, slots=True)
class SignalSetting:
    """What is asked of one signal.

    ``within``: the promised time from its begin to the alert. ``threshold``: a share for
    ``error-rate`` and ``latency`` in seconds, both as alerts are to have it; for the others the
    size of the fault that is played: requests a second, or a share of calls and streams.
    ``alert``: name of the alert that has to fire. ``waived``: why the signal need wake nobody.
    ``explained``: why the alert's threshold is another one than the objective's.
    """

    within: Duration | None = None
    threshold: float | None = None
    alert: Name | None = None
    waived: Name | None = None
    explained: Name | None = None

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a threshold that is not above 0."""
        if self.threshold is not None and not self.threshold > 0:
            msg = "threshold: not above 0"
            raise ValueError(msg)
