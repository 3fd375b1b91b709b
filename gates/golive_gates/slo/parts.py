"""What gate ``slo`` sees: the parts that observers return and judges read.

Times are seconds. A time that never came is ``None``; percentiles take it as ``inf``. Every
part is plain frozen data that survives ``golive.codec``, so a recorded run can be judged again.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef, Slo

DEADLINE = "deadline"
CLIENT_ERRORS = "client-errors"
LIMITED = "limited"
HUNG = frozenset({"read-timeout", "total-timeout"})
"""Failure kinds of a service that took the connection and did not answer in time."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """The SLOs as configured; the thresholds of every other judge come from here."""

    slos: tuple[Slo, ...]
    evidence: tuple[EvidenceRef, ...] = ()

    def slo(self, slo_id: str) -> Slo | None:
        """The SLO called *slo_id*, or ``None``."""
        return next((s for s in self.slos if s.id == slo_id), None)


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a configured request does not fit the target's document.

    ``kind``: a reason code of ``slo.contract`` (``missing-path``, ``missing-field``, ...);
    ``field``: JSON path in the body; ``suggestion``: the near miss, or "".
    """

    kind: str
    field: str = ""
    detail: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One configured request held against its OpenAPI document.

    ``problem``: reason code why nothing could be compared, else "". ``detail`` belongs to it.
    """

    service: str
    method: str
    path: str
    document: str = ""
    problem: str = ""
    detail: str = ""
    drifts: tuple[Drift, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """Every configured API request against its service's OpenAPI document."""

    operations: tuple[Operation, ...]
    evidence: tuple[EvidenceRef, ...] = ()

    def breaks(self, method: str, path: str) -> bool:
        """Whether the document says that this request will be refused."""
        return any(
            d.kind in BREAKING
            for o in self.operations
            if (o.method, o.path) == (method, path)
            for d in o.drifts
        )


BREAKING = frozenset(
    {
        "missing-path",
        "missing-method",
        "missing-field",
        "unknown-field",
        "wrong-type",
        "wrong-value",
        "no-body-expected",
    }
)
"""Drift that the target refuses; the other kinds are remarks."""


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One request of a flow. ``failure``: transport failure or what was wrong, else ""."""

    name: str
    method: str
    path: str
    status: int | None
    elapsed: float
    failure: str = ""
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the step did what it should."""
        return not self.failure


@dataclass(frozen=True, slots=True)
class Flow:
    """Create, read back, delete, read again: the steps that were reached."""

    steps: tuple[FlowStep, ...]

    @property
    def failed(self) -> FlowStep | None:
        """The first step that went wrong."""
        return next((s for s in self.steps if not s.ok), None)


@dataclass(frozen=True, slots=True)
class ProjectFlows:
    """Flows through the project API. ``left_behind``: test objects that may remain."""

    planned: int
    flows: tuple[Flow, ...]
    deletes: bool = True
    limited: int = 0
    left_behind: int = 0
    stopped: str = ""
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How often one kind of failure was seen (``status-503``, ``timeout``, ``slow``...)."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Lag:
    """The client's own lateness in seconds: sends against the schedule, and the event loop."""

    send_p50: float = 0.0
    send_p99: float = 0.0
    send_max: float = 0.0
    loop_p99: float = 0.0
    loop_max: float = 0.0

    @property
    def worst_p99(self) -> float:
        """The larger of both p99."""
        return max(self.send_p99, self.loop_p99)


@dataclass(frozen=True, slots=True)
class ReadinessSeries:
    """Probes of one service. ``answers``: HTTP answers of any status; 429 is ``limited``."""

    service: str
    url: str
    planned: int
    done: int
    failures: int
    answers: int
    kinds: tuple[FailureCount, ...] = ()
    limited: int = 0
    latency_p50: float | None = None
    latency_p95: float | None = None
    latency_max: float | None = None
    stopped: str = ""
    cut_off: int = 0  # under way when the series was stopped; not among ``done``


@dataclass(frozen=True, slots=True)
class Readiness:
    """Open-loop readiness probes, one series a service."""

    series: tuple[ReadinessSeries, ...]
    timeout: float
    rate: float
    lag: Lag = Lag()
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamSample:
    """One stream. Clocks run from its *scheduled* send time; ``None``: never came.

    ``coalesced``: share of events that came in the same read as the one before;
    ``matches``: whole content against the known answer, ``None`` when not compared.
    """

    status: int | None
    failure: str = ""
    sent: float = 0.0
    headers: float | None = None
    first_byte: float | None = None
    first_comment: float | None = None
    first_event: float | None = None
    first_content: float | None = None
    last_content: float | None = None
    terminal: float | None = None
    ended: float | None = None
    events: int = 0
    coalesced: float = 0.0
    matches: bool | None = None
    length: int = 0
    differs_at: int | None = None


@dataclass(frozen=True, slots=True)
class Streams:
    """Open-loop streams of the generation route. 429 answers are ``limited``, not samples."""

    planned: int
    samples: tuple[StreamSample, ...]
    rate: float
    limited: int = 0
    known_answer: bool = False
    terminal_event: str = ""
    stopped: str = ""
    cut_off: int = 0  # under way when the sampling was stopped; not among ``samples``
    lag: Lag = Lag()
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Traffic:
    """Further user requests, up to the plan of the error-rate objective.

    ``planned``: requests that all user traffic together has to reach; ``done`` were counted
    here, ``client_errors`` (4xx but 429) and ``limited`` are not among them.
    """

    planned: int
    done: int
    failures: int
    answers: int
    client_errors: int = 0
    limited: int = 0
    kinds: tuple[FailureCount, ...] = ()
    requests: tuple[str, ...] = ()
    stopped: str = ""
    cut_off: int = 0  # as in ``ReadinessSeries``
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One number from Prometheus, or the reason code and detail of why there is none."""

    query: str
    value: float | None = None
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Short:
    """Bad and total of one short window that ends where the main window ends."""

    seconds: float
    bad: Reading
    total: Reading


@dataclass(frozen=True, slots=True)
class History:
    """An SLI over its window, from Prometheus.

    ``kind``: ``ratio`` (``total`` and ``bad`` hold counts), ``slices`` (they count slices) or
    ``raw`` (``total`` holds the ratio itself, ``bad`` is ``None``). ``slice_total`` and
    ``slice_bad`` run from old to new, ``None`` where a slice has no data. ``slice_seen``: at how
    many moments, ``look`` s apart, it had a sample; empty if not asked for. ``slice_query``: what
    ``slice_problem`` is about. ``weighed``: not slices of a bare ratio. ``end``: Unix time.
    """

    kind: str
    window: float
    step: float
    end: float
    total: Reading
    bad: Reading | None = None
    slice_total: tuple[float | None, ...] = ()
    slice_bad: tuple[float | None, ...] = ()
    slice_problem: str = ""
    slice_detail: str = ""
    short: tuple[Short, ...] = ()
    slice_seen: tuple[float | None, ...] = ()
    look: float = 0.0
    slice_query: str = ""
    weighed: bool = True
    warnings: tuple[str, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
