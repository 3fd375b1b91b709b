"""The plugin boundary: a gate is settings, observers and checks.

An observer does one kind of I/O in one lane and returns one part. A check's judge is a pure
function of the parts it declares and the gate's settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from golive.config.release import Permission
from golive.model import CheckResult, CheckSpec
from golive.observation import Observation, PartMissing, Unavailable

if TYPE_CHECKING:
    from golive.context import RunContext, Scope

S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)
P_co = TypeVar("P_co", covariant=True)


class Lane(StrEnum):
    """When an observer runs. Loud work never overlaps quiet work."""

    FILES = "files"
    QUIET = "quiet"
    LOUD = "loud"


class Need(StrEnum):
    """What an observer needs from the run before it can look."""

    TARGET = "target"
    PROMETHEUS = "prometheus"
    CLUSTER = "cluster"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """What an observer intends to send, printed by ``golive plan`` before anything is sent.

    ``requests``: at most this many; ``seconds``: expected duration; ``endpoint``: method and
    URL or query; ``note``: why this many; ``permission``: what somebody has to have allowed for
    the host of ``endpoint``, unless that is this machine itself.
    """

    observer: str
    lane: Lane
    requests: int
    seconds: float
    endpoint: str = ""
    note: str = ""
    samples: int | None = None
    accept: int | None = None
    reject: int | None = None
    permission: Permission | None = None


class Observer(Protocol[S_contra, P_co]):
    """One kind of I/O in one lane."""

    @property
    def part(self) -> type[P_co]:
        """Type of the part that ``observe`` returns."""

    @property
    def lane(self) -> Lane:
        """The lane it runs in."""

    @property
    def needs(self) -> frozenset[Need]:
        """What must be there first."""

    def plan(self, scope: Scope, settings: S_contra) -> tuple[PlannedWork, ...]:
        """Every request it may send. Sends nothing."""

    async def observe(self, ctx: RunContext, settings: S_contra) -> P_co | Unavailable:
        """Look. Trouble of the target is part of the observation, not an exception."""


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """One judged claim. ``reads``: types of the parts the judge may see."""

    spec: CheckSpec
    reads: tuple[type, ...]
    judge: Callable[[Observation, S], CheckResult]

    def evaluate(self, observation: Observation, settings: S) -> CheckResult:
        """Judge, turning a missing part into ``error`` or ``inconclusive``."""
        limited = observation.limited(frozenset(p.__name__ for p in self.reads))
        try:
            return self.judge(limited, settings)
        except PartMissing as missing:
            gap = missing.unavailable
            if gap.kind == "error":
                return self.spec.errored(gap.reason)
            return self.spec.inconclusive(gap.reason, blocked_by=gap.blocked_by)


@dataclass(frozen=True, slots=True)
class Gate(Generic[S]):
    """A gate plugin: wiring only. ``package`` holds ``messages.<lang>.toml``."""

    id: str
    package: str
    settings: type[S]
    observers: tuple[Observer[S, object], ...]
    checks: tuple[Check[S], ...]
    number: int | None = None
    docs: str = field(default="")
