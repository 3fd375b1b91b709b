"""Settings of gate ``load`` (``gates.load`` in ``golive.yaml``)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from golive.api import Duration, DurationOrZero, Ratio, UrlPath
from golive_gates.load.pentest.settings import Pentest


@dataclass(frozen=True, slots=True)
class Settings:
    """The declared load, the limits that it is held to, and what golive may never exceed.

    The declared load is ``streams_per_second`` on ``target.generate_api`` and
    ``api_per_second`` GET requests on ``api_path`` of ``api_service`` (without them: the path of
    ``target.project_api``), for ``duration`` after a ``warmup`` that is sent and not judged.
    Readiness is probed beside it from begin to end, so fast that the plan of its objective is done
    within ``readiness_window``, which may not be longer than the load; ``abort_after`` failed
    probes of one service in a row end the load. Afterwards the target has ``recovery_within`` to
    answer as before.

    ``availability_objective`` is availability under this load, not that of thirty days.
    ``power`` is the probability that a healthy target is proven by the planned sample;
    ``instrument_share`` how large the instrument's own error may be against a threshold.
    ``scheduler`` (``tcp://HOST:PORT``) spreads the load over the workers of a Dask cluster,
    ``workers`` over processes of this machine.

    The rate limit is read from ``target.rate_limit`` and tried on ``rate_limit_path`` of
    ``rate_limit_service`` (without them: as for ``api_path``). ``longest_window`` bounds the time
    that this may take; ``burst`` adds a parallel burst and one across a reset.

    ``max_requests``, ``max_rate`` and ``max_duration`` are caps: a larger load is a
    configuration error until they are raised on purpose.
    """

    streams_per_second: float = 4.0
    api_per_second: float = 20.0
    duration: Duration = 30.0
    warmup: DurationOrZero = 3.0
    api_service: str = ""
    api_path: UrlPath | None = None
    request_timeout: Duration = 10.0
    availability_objective: Ratio = 0.99
    latency_threshold: Duration = 1.0
    latency_objective: Ratio = 0.95
    confidence: Ratio = 0.95
    power: Ratio = 0.9
    readiness_window: Duration = 30.0
    readiness_timeout: Duration = 1.0
    abort_after: int = 20
    recovery_within: Duration = 30.0
    limited_share: Ratio = 0.02
    client_error_share: Ratio = 0.02
    instrument_share: Ratio = 0.1
    workers: int = 1
    scheduler: str = ""
    rate_limit_service: str = ""
    rate_limit_path: UrlPath | None = None
    longest_window: Duration = 120.0
    burst: bool = False
    max_requests: int = 20_000
    max_rate: float = 500.0
    max_duration: Duration = 600.0
    pentest: Pentest = field(default_factory=Pentest)

    def __post_init__(self) -> None:
        rates = (self.streams_per_second, self.api_per_second)
        if not all(math.isfinite(r) and r >= 0 for r in rates) or not self.rate:
            raise ValueError("streams_per_second and api_per_second: 0 or more, one above 0")
        if self.rate > self.max_rate:
            msg = f"{self.rate:g} requests/s are more than max_rate allows ({self.max_rate:g})"
            raise ValueError(msg)
        if self.requests > self.max_requests:
            msg = f"{self.requests} requests are more than max_requests ({self.max_requests})"
            raise ValueError(msg)
        self._check_times()
        for name in ("availability_objective", "latency_objective", "power"):
            if not 0 < getattr(self, name) < 1:
                msg = f"{name} must lie between 0 and 100 %"
                raise ValueError(msg)
        if not 0.5 <= self.confidence < 1:
            raise ValueError("confidence must lie in 50 % to 100 % (100 % excluded)")
        if self.abort_after < 3:
            raise ValueError("abort_after must be 3 or more")
        if not 1 <= self.workers <= 64:
            raise ValueError("workers must lie in 1..64")

    def _check_times(self) -> None:
        seconds = self.warmup + self.duration
        if seconds > self.max_duration:
            raise ValueError("warmup and duration are longer than max_duration")
        if self.readiness_window > seconds + 1e-9:
            msg = (
                f"readiness_window ({self.readiness_window:g} s) is longer than the load beside "
                f"which it is probed (warmup + duration: {seconds:g} s)"
            )
            raise ValueError(msg)

    @property
    def rate(self) -> float:
        """Requests/s of the declared load."""
        return self.streams_per_second + self.api_per_second

    @property
    def requests(self) -> int:
        """Requests of the declared load, warm-up included."""
        return math.ceil(self.rate * (self.warmup + self.duration) - 1e-9)
