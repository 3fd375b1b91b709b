"""Everything a gate is given. A gate reads no environment, no global and no CLI object."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from golive.config.model import Config
from golive.model import EvidenceRef
from golive.observation import Observation
from golive.secrets import Secret
from golive.sent import SentLog
from golive.sources.tree import SourceTree


class Clock(Protocol):
    """Wall time for records, monotonic time for measuring."""

    def now(self) -> datetime:
        """Current time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds; only differences mean anything."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Current time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds; only differences mean anything."""
        return time.monotonic()


class EvidenceStore(Protocol):
    """Keeps redacted pieces of what was seen."""

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        """Redact, hash and keep *content*; the reference is what a result cites."""


class Progress(Protocol):
    """Where a gate says how far it is; never where it says what it found."""

    def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
        """*done* of *total* in *step*; *eta*: seconds left, if known."""


class Silent:
    """Progress that nobody watches."""

    def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
        """Ignore."""


class BudgetExhausted(RuntimeError):
    """The run's cap on requests is used up; nothing further is sent."""


class RequestBudget:
    """Cap on requests, safe to spend from several threads.

    A child shares its parent's cap and can be revoked alone: an observer that overran its time
    and cannot be stopped may still not send anything further.
    """

    def __init__(self, limit: int, parent: RequestBudget | None = None) -> None:
        self.limit = limit
        self.sent = 0
        self._revoked = False
        self._parent = parent
        self._lock = threading.Lock()

    def spend(self, count: int = 1) -> None:
        """Account for *count* requests about to be sent. Raises ``BudgetExhausted``."""
        if count < 0:
            msg = "a number of requests below zero"
            raise ValueError(msg)
        with self._lock:
            if self._revoked:
                msg = "the budget was revoked"
                raise BudgetExhausted(msg)
            if self.sent + count > self.limit:
                msg = f"the cap of {self.limit} requests is used up"
                raise BudgetExhausted(msg)
            if self._parent is not None:
                self._parent.spend(count)
            self.sent += count

    def give_back(self, count: int) -> None:
        """Account for *count* requests that were spent ahead and never sent. ``ValueError``."""
        with self._lock:
            if not 0 <= count <= self.sent:
                msg = "more given back than was spent"
                raise ValueError(msg)
            if self._parent is not None:
                self._parent.give_back(count)
            self.sent -= count

    @property
    def left(self) -> int:
        """Requests that may still be sent; others may spend them first."""
        own = 0 if self._revoked else self.limit - self.sent
        return own if self._parent is None else min(own, self._parent.left)

    def child(self) -> RequestBudget:
        """A budget that spends from this one and counts for itself."""
        return RequestBudget(self.limit, self)

    def revoke(self) -> None:
        """Nothing further may be spent."""
        with self._lock:
            self._revoked = True


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known before anything is sent: enough to plan."""

    config: Config
    base: Path


@dataclass(frozen=True, slots=True)
class RunContext:
    """One gate's view of the run.

    ``observed`` holds the parts this gate has so far, so that a later observer can avoid work
    that an earlier one showed to be pointless. ``headers`` identify golive on every request and
    carry no credentials; ``auth_headers`` are those for the target, resolved and secret, and
    ``clients`` those of its further identities. ``secrets`` holds what the gates' settings refer
    to, by reference. ``sent`` lists every request for the record.
    ``sources`` gives what the release's files hold; they are read once, at the first call.
    """

    run_id: str
    gate: str
    scope: Scope
    clock: Clock
    evidence: EvidenceStore
    budget: RequestBudget
    progress: Progress
    headers: tuple[tuple[str, str], ...]
    auth_headers: tuple[tuple[str, str], ...] = ()
    prometheus_auth_headers: tuple[tuple[str, str], ...] = ()
    clients: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    sent: SentLog = field(default_factory=SentLog)
    observed: Observation = field(default_factory=Observation)
    deadline: float | None = None
    redact: Callable[[str], str] = str
    sources: Callable[[], SourceTree] = SourceTree

    @property
    def config(self) -> Config:
        """The checked configuration."""
        return self.scope.config

    def seconds_left(self) -> float | None:
        """Seconds until this gate's deadline; ``None`` without one."""
        return None if self.deadline is None else max(0.0, self.deadline - self.clock.monotonic())

    def client_headers(self, name: str) -> dict[str, str] | None:
        """Credentials of the further client *name*; ``None`` when it is not configured."""
        found = self.clients.get(name)
        return None if found is None else dict(found)

    def note_sent(self, method: str, url: str, count: int = 1) -> None:
        """Put *count* requests on the record's list. Spending the budget is a step of its own."""
        self.sent.note(method, url, count)

    def report(self, step: str, done: int, total: int, eta: float | None = None) -> None:
        """Tell the progress display how far *step* is."""
        self.progress.update(self.gate, step, done, total, eta)


__all__ = [
    "BudgetExhausted",
    "Clock",
    "EvidenceStore",
    "Progress",
    "RequestBudget",
    "RunContext",
    "Scope",
    "Silent",
    "SystemClock",
]
