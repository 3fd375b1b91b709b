"""What of a load really left, for the record's list and for the budget."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from golive.api import RunContext
from golive.probe.load import LoadPlan, LoadProgress, LoadResult, RequestOutcome

MOST_EACH = 2
"""How often one request may go out: once more where the server hung up on a kept connection."""

LONGEST_SILENCE = 1.0
"""Seconds between two reports of the engine at most; it means to give two in that time."""


@dataclass(slots=True)
class Ledger:
    """Reserves the most that *plan* may send; at the end it lists and keeps what was sent.

    Entering raises ``BudgetExhausted`` if the run's cap does not admit the plan. ``result``: the
    engine's records, if it came to its end. Without them the last report of progress counts, and
    what was due since, which may have left: a record must not hide what a target received. The
    requests leave in the order of the plan.
    """

    ctx: RunContext
    plan: LoadPlan
    result: LoadResult | None = None
    progress: LoadProgress | None = None
    reported: float | None = None

    def __enter__(self) -> Self:
        self.ctx.budget.spend(MOST_EACH * self.plan.schedule.count)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sent = self.sent(interrupted=error is not None)
        for place, request in enumerate(self.plan.requests):
            self.ctx.note_sent(request.method, request.url, sent[place])
        self.ctx.budget.give_back(MOST_EACH * self.plan.schedule.count - sent.total())

    def begin(self) -> None:
        """The engine is started."""
        self.reported = self.ctx.clock.monotonic()

    def note(self, progress: LoadProgress) -> None:
        """The engine's latest report."""
        self.progress, self.reported = progress, self.ctx.clock.monotonic()

    def sent(self, *, interrupted: bool = False) -> Counter[int]:
        """Requests that left, by their place in the plan; *interrupted*: the engine was killed."""
        plan, sent = self.plan, Counter[int]()
        if self.result is None:
            for index in range(self._under_way(interrupted)):
                sent[plan.request_of(index)] += 1
            return sent
        known = set()
        for record in self.result.records:
            known.add(record.index)
            if record.outcome is not RequestOutcome.UNSENT:
                sent[record.request] += 1 + record.retried
        if self.result.lost:
            reported = 0 if self.progress is None else self.progress.sent
            gone = [i for i in range(plan.schedule.count) if i not in known]
            for index in gone[: max(0, reported - sent.total())]:
                sent[plan.request_of(index)] += 1
        return sent

    def _under_way(self, interrupted: bool) -> int:
        sent = 0 if self.progress is None else self.progress.sent
        if interrupted and self.reported is not None:
            since = self.ctx.clock.monotonic() - self.reported
            sent += math.ceil(min(max(0.0, since), LONGEST_SILENCE) * self.plan.schedule.rate)
        return min(self.plan.schedule.count, sent)
