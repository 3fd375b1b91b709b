"""What was seen of the target under the declared load. Raw facts; times are seconds."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef, Slo

HEALTH = "health"
DEADLINE = "deadline"
ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Count:
    """How often one kind of ending was seen (``status-503``, ``timeout``, ``truncated``...)."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Requests:
    """The judged requests of one kind, warm-up left out; each is in exactly one count.

    ``unavailable``: refused, reset, timed out, or 5xx. ``broken``: answered, and still an error
    to a user: a stream that broke off, an error event, wrong content, malformed HTTP.
    ``client_errors``: 4xx but 429 (``limited``), and redirects. ``local``: trouble of the machine
    that sent. ``missing``: not sent, cut off at the end, or without a record. ``latencies`` and
    ``first_contents``: of those that went well, from the scheduled moment, in rising order.
    """

    planned: int
    latencies: tuple[float, ...] = ()
    first_contents: tuple[float, ...] = ()
    unavailable: tuple[Count, ...] = ()
    broken: tuple[Count, ...] = ()
    client_errors: tuple[Count, ...] = ()
    limited: int = 0
    local: int = 0
    missing: int = 0

    @property
    def ok(self) -> int:
        """Requests that went well."""
        return len(self.latencies)

    @property
    def unavailable_count(self) -> int:
        """Requests that got no usable answer."""
        return _sum(self.unavailable)

    @property
    def broken_count(self) -> int:
        """Requests whose answer was no good."""
        return _sum(self.broken)

    @property
    def client_error_count(self) -> int:
        """Requests that the target called wrong."""
        return _sum(self.client_errors)

    @property
    def left_out(self) -> int:
        """Requests that had no good answer and do not speak against the service."""
        return self.client_error_count + self.limited + self.local

    @property
    def done(self) -> int:
        """Requests that say something about the service."""
        return self.ok + self.unavailable_count + self.broken_count


def _sum(counts: tuple[Count, ...]) -> int:
    return sum(c.count for c in counts)


@dataclass(frozen=True, slots=True)
class InstrumentSeen:
    """The instrument's own share in every time; ``inf``: not measured.

    ``problem``: why it has no figures for its floor and time-stamp error. ``probe_lag``: p99 of
    how late the readiness probes beside the load were sent.
    """

    floor_p99: float
    error_p99: float
    slip_p99: float
    loop_lag_p99: float
    slip_max: float = 0.0
    error_p50: float = 0.0
    kernel_stamps: bool = True
    held_back: int = 0
    workers: int = 1
    cpu_seconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReadySeries:
    """Readiness probes of one service beside the load.

    ``in_a_row``: the longest run of failed probes. ``cut_off``: under way when the series ended.
    ``send_lag``: p99 of how late they were sent.
    """

    service: str
    url: str
    planned: int
    done: int
    failures: int
    limited: int = 0
    answers: int = 0
    in_a_row: int = 0
    cut_off: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    latency_p95: float | None = None
    send_lag: float = 0.0
    kinds: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """From the end of the load until everything answered as before.

    ``seconds``: until then; ``None``: not within the ``watched`` seconds. ``ready``: until every
    service said so. ``first_content`` of the ``stream`` that came next, ``None`` if none came.
    ``failure``: what was still wrong at the end. ``tried``: streams that were sent.
    """

    watched: float
    within: float
    seconds: float | None = None
    ready: float | None = None
    stream: bool = True
    tried: int = 0
    first_content: float | None = None
    limited: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class LoadSeen:
    """The declared load and what became of it.

    ``slos``: as configured. ``warmed``: warm-up requests, sent and not judged, of which
    ``warm_failures`` failed. ``resent``: requests that went out twice, because the server had
    hung up on a kept connection. ``lost``: workers that died. ``stopped``: why the load ended
    early, or "". ``in_flight``: most requests at once. ``goodput``: judged requests a second
    that met every limit.
    """

    streams_per_second: float
    api_per_second: float
    duration: float
    slos: tuple[Slo, ...]
    api: Requests | None
    streams: Requests | None
    instrument: InstrumentSeen
    readiness: tuple[ReadySeries, ...]
    recovery: Recovery | None
    warmed: int = 0
    warm_failures: int = 0
    resent: int = 0
    in_flight: int = 0
    goodput: float = 0.0
    seconds: float = 0.0
    lost: tuple[str, ...] = ()
    stopped: str = ""
    detail: str = ""
    api_gap: str = ""
    streams_gap: str = ""
    evidence: tuple[EvidenceRef, ...] = ()

    def slo(self, slo_id: str) -> Slo | None:
        """The SLO called *slo_id*, or ``None``."""
        return next((s for s in self.slos if s.id == slo_id), None)

    @property
    def kinds(self) -> tuple[Requests, ...]:
        """Both kinds of requests, as far as they were sent."""
        return tuple(r for r in (self.api, self.streams) if r is not None)
