"""What came of the service that was started on restored data: the part that judges see."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef
from golive_gates.recovery.drills.records import Phase

START, FIRST_ANSWER = "service-start", "first-answer"
"""Its phases: from its start until it is ready, and from then to the first good answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``status``: ``None`` where none came; ``failure`` then says why, in words.

    ``has_value``: the value that was asked for stands in the body.
    """

    value: str
    status: int | None = None
    has_value: bool = False
    failure: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """2xx, complete."""
        return not self.failure and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class ServiceDrill:
    """The part. ``command``: as it is declared, with its placeholders; ``stores``: their names.

    ``problem``: why nothing, or no more, was asked; ``detail``: what else is known of that, and
    ``said`` the last lines that the service wrote. ``exit_code``: of a service that ended by
    itself, negative for a signal, whose name is the ``detail``. ``rows``: values that there are to
    ask for. ``control``: the answer about a value that never was in the data; ``removed``: about
    one whose row was taken out before, ``None`` where none could be. ``killed``: it did not end
    when it was asked to.
    """

    command: tuple[str, ...]
    stores: tuple[str, ...]
    problem: str = ""
    detail: str = ""
    exit_code: int | None = None
    said: str = ""
    phases: tuple[Phase, ...] = ()
    rows: int = 0
    answers: tuple[Answer, ...] = ()
    control: Answer | None = None
    removed: Answer | None = None
    killed: bool = False
    evidence: tuple[EvidenceRef, ...] = ()
