"""What was seen of the target's rate limit. Raw facts; times are seconds."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef

DEADLINE = "deadline"
TOO_SLOW = "too-slow"
UNUSABLE = "unusable"

WINS = 3
"""Served so often between plain refusals: not a token that happened to come back."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What an answer's headers say about the limit; ``None``: they do not say.

    ``reset``: seconds from the answer on. ``form``: the headers' name, as ``RateLimit-*``.
    """

    form: str
    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    window: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, ``at`` seconds after its round began. ``failure``: why there was none."""

    at: float
    status: int | None
    failure: str = ""
    quota: Quota | None = None
    retry_after: float | None = None

    @property
    def admitted(self) -> bool:
        """Whether the request was served."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Round:
    """Requests from a full allowance until the first refusal.

    ``seconds``: from the first request to that refusal. ``errors``: answers that were neither
    served nor refused, of which nobody knows whether the limiter counted them. ``width``:
    requests at once. ``lead`` requests went first, ``gap`` seconds ahead of the others.
    ``stopped``: why it ended without a refusal, unless all that may be sent was sent.
    """

    admitted: int
    sent: int
    refused: bool
    seconds: float
    errors: int = 0
    status: int | None = None
    retry_after: float | None = None
    lead: int = 0
    gap: float = 0.0
    width: int = 1
    stopped: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """``sent`` requests, ``at`` seconds after their round began, of which some were served.

    ``full``: they ended because all were served, not with a refusal.
    """

    at: float
    sent: int
    admitted: int
    full: bool = False


@dataclass(frozen=True, slots=True)
class Refill:
    """What a token bucket gave back between two refusals.

    ``admitted`` requests were served; the refusals were looked at no less than ``shortest`` and
    no more than ``longest`` seconds apart. ``full``: it never refused again. ``clear``: nothing
    but served requests and refusals was seen.
    """

    admitted: int
    shortest: float
    longest: float
    full: bool = False
    clear: bool = True


@dataclass(frozen=True, slots=True)
class Readmission:
    """The way out of a used-up allowance.

    ``waited``: seconds of ``Retry-After`` that were waited for, ``None`` if there was none;
    ``honoured``: whether the next request was then served. ``refused_until``, ``at``: the last
    refusal and the first request served after it, in seconds after the round began; ``at`` is
    ``None`` if it was not seen. ``again``: what was served at once thereafter.
    """

    refused_until: float
    at: float | None = None
    waited: float | None = None
    honoured: bool | None = None
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way around the limit, tried while the plain request was refused.

    ``wins``: how often it was served between two plain refusals; ``losses``: how often it was
    refused since. ``open``: the plain request was served again, so that nothing can be said.
    ``status``: of the last answer, ``None`` if there was none.
    """

    name: str
    kind: str
    sent: int
    wins: int = 0
    losses: int = 0
    status: int | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Bystander:
    """Another client, before and while the first one's allowance was used up.

    ``after``: the first client's plain request right after ``during``, so that a reset in
    between is seen. ``looks``: requests of the other client since ``before``.
    """

    before: Answer
    during: Answer | None = None
    after: Answer | None = None
    looks: int = 1


@dataclass(frozen=True, slots=True)
class Bursts:
    """Opt-in: a full allowance at once, and two of them around a reset.

    ``parallel_*``: all at once after a rest of a whole window, over ``parallel_seconds``.
    ``boundary_*``: just before and just after a reset, over ``boundary_seconds``;
    ``reset_told``: headers said when it is due.
    """

    parallel_sent: int
    parallel_admitted: int
    parallel_seconds: float
    boundary_sent: int = 0
    boundary_admitted: int = 0
    boundary_seconds: float = 0.0
    reset_told: bool = False
    errors: int = 0
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class RateLimitSeen:
    """The whole procedure. ``requests`` and ``window``: as declared.

    ``pause``: a few requests shortly after the first refusal; ``None``: not tried. ``refill``:
    measured of a token bucket.
    ``stopped``: why the procedure ended early.
    """

    requests: int
    window: float
    url: str
    rounds: tuple[Round, ...] = ()
    pause: Again | None = None
    readmissions: tuple[Readmission, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    other: Bystander | None = None
    bursts: Bursts | None = None
    refill: Refill | None = None
    stopped: str = ""
    evidence: tuple[EvidenceRef, ...] = ()
