"""When streams say nothing about the service, whatever the question. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from golive.api import Observation, Reason, Unavailable
from golive_gates.streaming.parts import (
    FRONT,
    LIMITED,
    LOCAL,
    Head,
    HeldStream,
    Together,
    Wire,
)

AUTH = (401, 403)
LOCAL_OUTCOMES = frozenset({"local", "unfinished", "unsent"})


class Ended(Protocol):
    """How one stream ended."""

    @property
    def status(self) -> int | None:
        """HTTP status, ``None`` without an answer."""

    @property
    def failure(self) -> str:
        """Kind of failure, "" for none."""

    @property
    def detail(self) -> str:
        """One line about it."""


def limited_reason(limited: int, sent: int) -> Reason:
    """The target's rate limit met golive: its own doing, so nothing is said of the service."""
    return Reason("rate-limited", {"limited": limited, "sent": sent})


def why_none(streams: Sequence[Ended]) -> Reason:
    """Why none of *streams* can be judged, when none of them was complete."""
    n = len(streams)
    limited = sum(s.failure == LIMITED or s.status == 429 for s in streams)
    if limited:
        return limited_reason(limited, n)
    if not streams:
        return Reason("no-samples")
    last = streams[-1]
    if all(s.failure == LOCAL for s in streams):
        return Reason("local-trouble", {"detail": last.detail})
    return why_not(last.status, last.failure, last.detail, n)


def why_not(status: int | None, failure: str, detail: str, n: int = 1) -> Reason:
    """Why a stream that did not end as it should says nothing here; other gates name the cause."""
    if status == 429:
        return limited_reason(1, n)
    if failure == LOCAL:
        return Reason("local-trouble", {"detail": detail})
    if status is None:
        return Reason("unreachable", {"detail": detail or failure, "n": n})
    if status in AUTH:
        return Reason("unauthorised", {"status": status})
    if 400 <= status < 500:
        return Reason("refused-request", {"status": status})
    return Reason("no-stream", {"status": status, "detail": detail or failure or "-", "n": n})


def head_of(heads: Iterable[Head], route: str) -> Head | None:
    """The answer of one route among *heads*."""
    return next((h for h in heads if h.route == route), None)


def is_event_stream(head: Head) -> bool:
    """Whether the answer says that it is an event stream."""
    kind = (head.header("content-type") or "").partition(";")[0]
    return kind.strip().lower() == "text/event-stream"


def cannot_judge(stages: Iterable[Together], observation: Observation) -> Reason | None:
    """Why streams sent together decide nothing: golive's own trouble, 429, or a wrong request.

    No answer at all to any of them is trouble of the way there, unless single streams came
    whole (``Wire``): then their number is what the service does not stand.
    """
    runs = tuple(stages)
    streams: list[HeldStream] = [s for run in runs for s in run.streams]
    problem = next((run.problem for run in runs if run.problem), "")
    if problem:
        return Reason("instrument", {"detail": problem})
    if not streams:
        return Reason("no-samples")
    limited = sum(s.status == 429 for s in streams)
    if limited:
        return limited_reason(limited, len(streams))
    own = next((s for s in streams if s.outcome in LOCAL_OUTCOMES), None)
    if own is not None:
        return Reason("local-trouble", {"detail": own.detail or own.outcome})
    if any(s.whole for s in streams):
        return None
    refused = [s for s in streams if s.status is not None and 400 <= s.status < 500]
    silent = [s for s in streams if s.status is None]
    if len(refused) + len(silent) < len(streams):
        return None
    quiet = observation.find(Wire)
    if not refused and not isinstance(quiet, Unavailable) and quiet.complete(FRONT):
        return None
    told = (refused or silent)[-1]
    return why_not(told.status, told.outcome, told.detail, len(streams))


def own_lag(stages: Iterable[Together], limit: float) -> Reason | None:
    """Whether golive itself was more than *limit* s late: then no failure is the target's."""
    worst = max((s.own_lag for s in stages), default=0.0)
    return Reason("own-lag", {"lag": worst, "limit": limit}) if worst > limit else None


def kinds_of(streams: Iterable[HeldStream]) -> str:
    """Outcomes with their counts, the most frequent first."""
    counts: dict[str, int] = {}
    for s in streams:
        word = f"status-{s.status}" if s.outcome == "status" else s.outcome
        counts[word] = counts.get(word, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{word} {count}" for word, count in ordered)
