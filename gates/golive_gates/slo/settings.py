"""Settings of gate ``slo`` (``gates.slo`` in ``golive.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Duration, Ratio


@dataclass(frozen=True, slots=True)
class TrafficItem:
    """One request of the mix that ``slo.error-rate`` sends besides flows and streams."""

    service: str
    path: str
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is sent, how fast, and how sure a verdict has to be.

    Rates are requests a second. ``power`` is the probability that a healthy service (one that
    uses a tenth of its error budget) is proven by the planned sample. ``rate_limit_share`` is
    the part of the declared rate limit that golive may use in any window of it.
    """

    confidence: Ratio = 0.95
    power: Ratio = 0.9
    request_timeout: Duration = 10.0
    readiness_rate: float = 20.0
    readiness_timeout: Duration = 1.0
    stream_rate: float = 2.0
    completion_objective: Ratio = 0.95
    flows: int = 3
    traffic: tuple[TrafficItem, ...] = ()
    traffic_rate: float = 20.0
    rate_limit_share: Ratio = 0.9
    limited_share: Ratio = 0.1
    lag_share: Ratio = 0.1
    client_error_share: Ratio = 0.01
    coverage: Ratio = 0.95
    assumed_correlation: float = 0.5
    budget_low: Ratio = 0.25

    def __post_init__(self) -> None:
        if not 0.5 <= self.confidence < 1:
            raise ValueError("confidence must lie in 50 % to 100 % (100 % excluded)")
        if not 0 < self.power < 1:
            raise ValueError("power must lie between 0 and 100 %")
        if not 0 < self.completion_objective < 1:
            raise ValueError("completion_objective must lie between 0 and 100 %")
        if not 0 < self.rate_limit_share <= 1:
            raise ValueError("rate_limit_share must lie above 0, up to 100 %")
        if not 0 <= self.assumed_correlation < 1:
            raise ValueError("assumed_correlation must lie in 0..1 (1 excluded)")
        for name in (
            "request_timeout",
            "readiness_rate",
            "readiness_timeout",
            "stream_rate",
            "traffic_rate",
        ):
            if not 0 < getattr(self, name) < float("inf"):
                msg = f"{name} must be above 0"
                raise ValueError(msg)
        if not 1 <= self.flows <= 20:
            raise ValueError("flows must lie in 1..20")
