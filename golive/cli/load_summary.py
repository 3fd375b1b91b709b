"""What a load run showed, as the document ``golive-load/1``. Pure.

The dataclasses are the wire format: ``golive.codec`` turns them into JSON, where infinities
are ``"+Inf"``. Times are in seconds unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from golive.stats import Outcome

SCHEMA = "golive-load/1"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent where and when, without credentials. *rate* in requests/s, 0 if closed.

    *allowed_by*: who authorised the load; "loopback" for one's own machine.
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


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many judged requests ended in one way; *example* quotes the first of them."""

    outcome: str
    count: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Quantile:
    """*value* at *q* by nearest rank, and its one-sided 95 % upper bound.

    +inf: a failure stands there, or the sample is too small for a bound.
    """

    q: float
    value: float
    upper_bound: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """*count* values of at most *le* s, and above the bucket before."""

    le: float
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One clock over the judged requests: *n* in all, *never* of them +inf."""

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
    *upper_bound* of the success ratio, one-sided, 95 %. *needed*: further clean requests.
    *void*: why the instrument itself could not carry the claim, or "".
    """

    claim: str
    outcome: Outcome
    n: int
    failures: int
    charged: int
    lower_bound: float
    upper_bound: float
    needed: int
    void: str = ""


@dataclass(frozen=True, slots=True)
class OwnError:
    """The instrument's own share in the figures."""

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
    workers: int
    held_back: int
    calibration_problem: str


@dataclass(frozen=True, slots=True)
class LoadDocument:
    """The whole run. *remarks* are sentences for a reader, in the order of weight."""

    schema: str
    golive: str
    started_at: datetime
    duration: float
    sent: Sent
    planned: int
    recorded: int
    warmup: int
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
    statement: Statement | None
    own: OwnError
    remarks: tuple[str, ...] = ()
