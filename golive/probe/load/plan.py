"""What a load run sends and when, as frozen data that is checked when it is made."""

from __future__ import annotations

import ipaddress
import json as jsonlib
import math
import re
from array import array
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from golive.probe.trace import StreamRules

MAX_REQUESTS = 10_000_000
CROWD = 256
"""Requests in flight from which on the engine gathers reads; see ``LoadPlan.gather_reads``."""
UNIQUE = "{unique}"

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Arrival(StrEnum):
    """How requests come due. All but ``CLOSED`` are open loops: answers change nothing."""

    CONSTANT = "constant"
    POISSON = "poisson"
    RAMP = "ramp"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When *count* requests are due.

    *rate* in requests/s: of ``CONSTANT``, the mean of ``POISSON`` (drawn from *seed*), the
    one at the end of ``RAMP``, which begins at *start_rate* and changes evenly in time.
    ``CLOSED``: *concurrency* users, each sends its next request when its last one ended.
    ``ValueError`` unless the fields that the arrival needs are positive and finite.
    """

    arrival: Arrival
    count: int
    rate: float = 0.0
    start_rate: float = 0.0
    concurrency: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        _check(1 <= self.count <= MAX_REQUESTS, f"count must be 1 to {MAX_REQUESTS}", self.count)
        if self.arrival is Arrival.CLOSED:
            _check(self.concurrency >= 1, "concurrency must be at least 1", self.concurrency)
            return
        _positive("rate", self.rate)
        _check(
            math.isfinite(self.start_rate) and self.start_rate >= 0,
            "start_rate must be 0 or more",
            self.start_rate,
        )

    @property
    def is_open(self) -> bool:
        """Whether requests come due by the clock alone."""
        return self.arrival is not Arrival.CLOSED

    def offsets(self) -> array[float]:
        """Due times in s after the start, ascending; empty for ``CLOSED``."""
        from golive.probe.load.schedule import offsets  # it needs the types of this module

        return offsets(self)


@dataclass(frozen=True, slots=True)
class Request:
    """A template for requests.

    ``{unique}`` in *url*, header values, JSON strings and *known_answer* is replaced by the
    id of the request.

    *rules*: how to read an event stream; ``None`` for a plain request and response. Times in
    s: *timeout* from the moment of taking the request up to its last byte, *idle_timeout* for
    the silence between reads. *known_answer* is the whole content (for a plain request the
    whole body) expected. *address* is an IP address to connect to instead of resolving the
    host; the host still names the server in TLS and in the ``Host`` header. *max_body* caps
    the body of a plain response, in bytes.

    Sent unless given in *headers*: ``Host``, ``User-Agent``, ``Accept``, ``Accept-Encoding:
    identity``, ``Content-Type`` and ``Content-Length``. ``ValueError`` for what cannot be sent.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    json: object = None
    body: bytes | None = None
    rules: StreamRules | None = None
    timeout: float = 60.0
    connect_timeout: float = 5.0
    idle_timeout: float | None = None
    known_answer: str | None = None
    address: str | None = None
    max_body: int = 16 << 20

    def __post_init__(self) -> None:
        _check(_TOKEN.fullmatch(self.method) is not None, "method is no token", self.method)
        _check_url(self.url)
        for name, value in self.headers:
            _check(_TOKEN.fullmatch(name) is not None, "header name is no token", name)
            _check(_CONTROL.search(value) is None, f"control character in header {name}", value)
        _check(self.json is None or self.body is None, "json and body exclude each other", "both")
        _positive("timeout", self.timeout)
        _positive("connect_timeout", self.connect_timeout)
        if self.idle_timeout is not None:
            _positive("idle_timeout", self.idle_timeout)
        _check(self.max_body >= 1, "max_body must be positive", self.max_body)
        if self.address is not None:
            ipaddress.ip_address(self.address)
        try:
            jsonlib.dumps(self.json, allow_nan=False)
        except (TypeError, RecursionError) as error:
            message = f"json cannot be sent: {error}"
            raise ValueError(message) from None


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """A whole run. *requests* are taken in turn (repeat one to give it weight).

    The first *warmup* requests are sent and marked, never judged. Beyond *max_in_flight* a
    request that is due waits and its slip grows (open loop). A silence inside a stream longer
    than *stall_after* s is a stall. *deadline* s after the start what is not finished is cut
    off and what is not sent stays unsent. The first *keep_gaps* gaps of each stream are kept;
    all are counted and sketched. Connections are bound to *source_addresses* in turn. The id
    of request *i* is ``{unique_prefix}-{i}``. *ca_file* replaces the trusted authorities.

    *gather_reads*: in an open loop with 256 requests or more in flight, arrivals are gathered
    for so many s before they are read. The kernel has stamped them, so no time is less true,
    but two events of one stream that come closer than that may share a read. 0: never.
    """

    requests: tuple[Request, ...]
    schedule: Schedule
    warmup: int = 0
    max_in_flight: int = 10_000
    stall_after: float = 5.0
    keep_alive: bool = True
    verify: bool = True
    ca_file: str | None = None
    deadline: float = 600.0
    keep_gaps: int = 4096
    source_addresses: tuple[str, ...] = field(default=())
    unique_prefix: str = "golive"
    gather_reads: float = 0.0005

    def __post_init__(self) -> None:
        _check(len(self.requests) >= 1, "requests must not be empty", len(self.requests))
        _check(
            0 <= self.warmup < self.schedule.count,
            "warmup must leave at least one request to judge",
            self.warmup,
        )
        _check(self.max_in_flight >= 1, "max_in_flight must be at least 1", self.max_in_flight)
        _positive("stall_after", self.stall_after)
        _positive("deadline", self.deadline)
        _check(0 <= self.gather_reads <= 0.01, "gather_reads must be 0 to 10 ms", self.gather_reads)
        _check(self.keep_gaps >= 0, "keep_gaps must be 0 or more", self.keep_gaps)
        for address in self.source_addresses:
            ipaddress.ip_address(address)
        _check(
            _PREFIX.fullmatch(self.unique_prefix) is not None,
            "unique_prefix must be 1 to 64 of A-Z a-z 0-9 . _ -",
            self.unique_prefix,
        )

    def request_of(self, index: int) -> int:
        """Which of *requests* the request number *index* is made from."""
        return index % len(self.requests)

    def unique(self, index: int) -> str:
        """The id that replaces ``{unique}`` in request number *index*."""
        return f"{self.unique_prefix}-{index}"


@dataclass(frozen=True, slots=True)
class Shard:
    """One of *count* equal parts of a plan: the requests whose index is *index* modulo *count*."""

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        _check(self.count >= 1, "a plan has at least one shard", self.count)
        _check(0 <= self.index < self.count, f"shard must be 0 to {self.count - 1}", self.index)

    def indices(self, total: int) -> range:
        """The numbers of its requests among *total*."""
        return range(self.index, total, self.count)

    def within(self, outer: Shard) -> Shard:
        """This part of the part *outer*."""
        return Shard(outer.index + self.index * outer.count, outer.count * self.count)

    def share(self, total: int) -> int:
        """Its share of *total* things that are dealt out in turn (may be 0)."""
        return len(self.indices(total))


def _check(holds: bool, what: str, value: object) -> None:
    if not holds:
        message = f"{what}, got {value!r}"
        raise ValueError(message)


def _positive(name: str, value: float) -> None:
    _check(math.isfinite(value) and value > 0, f"{name} must be positive", value)


def _check_url(url: str) -> None:
    parts = split_url(url)
    _check(parts.scheme in ("http", "https"), "url must be http or https", url)
    _check(bool(parts.hostname), "url names no host", url)
    _check(parts.username is None and parts.password is None, "url holds credentials", "a secret")
    _check(UNIQUE not in parts.netloc, f"{UNIQUE} cannot stand in the host", url)
    _check(_CONTROL.search(url) is None and " " not in url, "url holds blanks or controls", url)


def split_url(url: str) -> SplitResult:
    """The parts of *url*. ``ValueError`` if its port is no port."""
    parts = urlsplit(url)
    _ = parts.port  # read for its ValueError
    return parts
