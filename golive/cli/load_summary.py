"""What a load run showed, as the document ``golive-load/1``. Pure.

The dataclasses are the wire format: ``golive.codec`` turns them into JSON, where infinities
are ``"+Inf"``. Times are in seconds unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from golive.probe.load.cluster_summary import Limits
from golive.stats import Outcome

SCHEMA = "golive-load/1"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent where and when, without credentials. *rate* in requests/s, 0 if closed.

    *allowed_by*: who authorised the load; "loopback" for one's own machine. *workers*: how many
    were asked for, or found on the cluster. *limits*: what counts as goodput.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    address: str
    allowed_by: str
    reads: str
    arrival: str
    rate: float
    users: int
    warmup: int
    judged: int
    timeout: float
    stall_after: float
    threshold: float | None
    objective: float | None
    limits: Limits | None
    workers: int


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many requests ended in one way; *example* quotes the first of them."""

    outcome: str
    count: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Quantile:
    """*value* at *q* by nearest rank, and its one-sided 95 % upper bound.

    +inf: a failure stands there, or the sample is too small for a bound. *effective_n*: as how
    many independent values the sample counted for the bound.
    """

    q: float
    value: float
    upper_bound: float
    effective_n: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """*count* values of at most *le* s, and above the bucket before."""

    le: float
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One clock over the judged requests: *n* in all, *never* of them +inf.

    Those that are missing because a worker was lost are among both.
    """

    name: str
    n: int
    never: int
    quantiles: tuple[Quantile, ...]
    maximum: float
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Silences between pieces of content, over all judged streams. Quantiles within 1 %."""

    n: int
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    maximum: float | None
    stalls: int
    stalled_streams: int
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What the sample says of the claim.

    *failures* counts all that did not meet it, what went missing included; *charged* only
    what is certainly the target's doing: nothing else can refute. *lower_bound* and
    *upper_bound* of the success ratio, one-sided, 95 %. *correlation*: lag-1, of meeting the
    claim, in the order of sending (``None``: undefined, for instance because all did);
    *effective_n*: as how many independent requests the *n* therefore count in the bounds and
    the outcome. *needed*: further clean requests at that correlation. *void*: why the
    instrument itself could not carry the claim, or "".
    """

    claim: str
    outcome: Outcome
    n: int
    effective_n: float
    correlation: float | None
    failures: int
    charged: int
    lower_bound: float
    upper_bound: float
    needed: int
    void: str = ""


@dataclass(frozen=True, slots=True)
class OwnError:
    """The instrument's own share in the figures.

    *unstamped_reads* of *reads* had no kernel time stamp and were timed by clock. *workers*
    are those that gave a result.
    """

    kernel_stamps: bool
    floor_p50: float
    floor_p99: float
    error_p50: float
    error_p99: float
    loop_lag_p99: float
    loop_lag_max: float
    slip_p50: float
    slip_p99: float
    slip_max: float
    cpu_seconds: float
    reads: int
    unstamped_reads: int
    clock_steps: int
    workers: int
    held_back: int
    calibration_problem: str


@dataclass(frozen=True, slots=True)
class ClusterWorker:
    """One worker of a cluster: *late* s after its start moment by its own clock it began.

    +inf: never told. *start_uncertainty*: how far that moment itself may be off, in s.
    """

    name: str
    planned: int
    received: int
    lost: str
    late: float
    start_uncertainty: float


@dataclass(frozen=True, slots=True)
class Together:
    """How a cluster began: *start_skew* s lay between its first and its last worker.

    Known to *start_uncertainty* s; +inf: a worker never told.
    """

    start_skew: float
    start_uncertainty: float
    workers: tuple[ClusterWorker, ...]


@dataclass(frozen=True, slots=True)
class LoadDocument:
    """The whole run. *remarks* are sentences for a reader, in the order of weight.

    *warmup* of the *recorded* requests were warm-up; *missing* of those to be judged have no
    record, because their worker was lost. *requests_per_second* counts judged requests that
    ended by themselves, well or badly. *retried*: sent twice, because the server closed a
    reused connection without an answer.
    """

    schema: str
    golive: str
    started_at: datetime
    duration: float
    sent: Sent
    planned: int
    recorded: int
    missing: int
    warmup: int
    warmup_outcomes: tuple[OutcomeCount, ...]
    warmup_statuses: tuple[tuple[str, int], ...]
    interrupted: bool
    aborted: str
    lost_workers: tuple[str, ...]
    outcomes: tuple[OutcomeCount, ...]
    statuses: tuple[tuple[str, int], ...]
    spreads: tuple[Spread, ...]
    gaps: Gaps | None
    requests_per_second: float
    goodput: float | None
    events: int
    bytes: int
    heartbeats: int
    shared_events: int
    connections_opened: int
    retried: int
    statement: Statement | None
    cluster: Together | None
    own: OwnError
    remarks: tuple[str, ...] = ()
