"""The procedure that finds out what a rate limiter does, one request after another.

A round uses up a full allowance. While nothing is left: a pause tells a token bucket, variants of
the request try to get around the limit, another client shows whether it is left alone; of a
bucket it is measured how fast it fills. Then
``Retry-After`` is waited for, and what is served thereafter tells a fixed window from a sliding
one. A round whose result is not as declared may have begun in the middle of a window, so a
second one follows at the reset that was seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_parts import (
    TOO_SLOW,
    UNUSABLE,
    Again,
    Answer,
    Bystander,
    RateLimitSeen,
    Readmission,
    Round,
)
from golive_gates.load.observers import limit_client
from golive_gates.load.observers.limit_attempts import TRIES, try_around
from golive_gates.load.observers.limit_client import LimitClient, width_for
from golive_gates.load.observers.limit_refill import measure_refill, most_of_refill

LEAD = 3
GAP = 2.0
KEPT = 500
"""Answers of a round that the record keeps; the evidence has all of them."""
OVERLOADED = frozenset({503, 509, 529})
"""5xx that a limiter may answer with; any other is trouble of the service."""
MOST_ROUNDS = 2
LOOKS = 3
ALIGNING = 3
POLLS = 130
"""Requests that may ask whether the allowance is back; at most one in 1/60 of a window."""


def most_in_all(requests: int, window: float, variants: int) -> int:
    """Requests of the longest procedure: every round, what is tried in it, and waiting."""
    pause = reading.pause_of(requests, window)
    shortly = 0 if pause is None else reading.most_after(pause, requests, window)
    # A pause ends in a reset, which is used up again, or in a refill, which is measured.
    once = shortly + max(most_of(requests), most_of_refill(requests)) + 1 + 2 * LOOKS
    each = most_of(requests) + ALIGNING + 1 + 2 * TRIES * variants + POLLS + LEAD + 2
    return MOST_ROUNDS * each + once


def most_of(requests: int) -> int:
    """Requests after which a round that met no refusal ends."""
    return math.ceil(1.25 * requests) + 20


@dataclass(slots=True)
class Procedure:
    """One run of it. ``seen`` grows as it goes, so that a deadline leaves what was found."""

    client: LimitClient
    other: LimitClient | None
    seen: RateLimitSeen
    poll: float = 0.1

    async def run(self) -> None:
        """All of it; ends where there is nothing left to learn."""
        self.poll = max(0.1, self.seen.window / 60)
        if self.other is not None:
            self.other.restart()
            self.seen = replace(self.seen, other=Bystander(await self._ask(self.other, "before")))
        first = await self._fresh()
        if not (first[0].admitted or self.client.refused(first[0])):
            self.seen = replace(
                self.seen, rounds=(_round_of(first, None, Lead(1, 0.0), 1, UNUSABLE),)
            )
            return
        for index in range(MOST_ROUNDS):
            round_ = await self._round(first, index + 1)
            self.seen = replace(self.seen, rounds=(*self.seen.rounds, round_))
            if not round_.refused or not round_.admitted:
                return
            await self._while_used_up()
            back, first = await self._readmission(round_)
            self.seen = replace(self.seen, readmissions=(*self.seen.readmissions, back))
            if back.again is None or reading.decisive(self.seen, index):
                return
            if not back.again.full:
                # What comes back bit by bit is whole again after a rest.
                await limit_client.pause(self.seen.window + reading.MARGIN)
                first = await self._fresh()

    async def _ask(self, client: LimitClient, step: str) -> Answer:
        client.step = step
        done = len(self.client.lines)
        client.ctx.report("rate-limit", done, max(done, most_of(self.seen.requests)))
        return await client.ask()

    async def _fresh(self) -> list[Answer]:
        """The first answer of a full allowance, waiting for a reset if the headers tell of one."""
        self.client.restart()
        answer = await self._ask(self.client, "align")
        for _ in range(ALIGNING - 1):
            wait = self._wait_to_align(answer)
            if wait is None:
                break
            await limit_client.pause(min(wait, self.seen.window) + reading.MARGIN)
            self.client.restart()
            answer = await self._ask(self.client, "align")
        return [answer]

    def _wait_to_align(self, answer: Answer) -> float | None:
        """Seconds to the next reset, if the allowance is not full or will soon be renewed."""
        if self.client.refused(answer):
            return answer.retry_after
        quota = answer.quota
        if quota is None or quota.reset is None or quota.remaining is None:
            return None
        soon = quota.reset < min(GAP + 1, self.seen.window / 2)
        return quota.reset if soon or quota.remaining < self.seen.requests - 1 else None

    async def _round(self, first: list[Answer], number: int) -> Round:
        """Send until refused; *first* are answers of this allowance that were had already."""
        step, requests, window = f"round-{number}", self.seen.requests, self.seen.window
        answers = list(first)
        while len(answers) < min(LEAD, requests - 1) and not self.client.refused(answers[-1]):
            answers.append(await self._ask(self.client, step))
        lead, gap = len(answers), min(GAP, window / 4)
        began = self.client.seconds()
        width = width_for(began / max(1, lead), requests, window)
        if not self.client.refused(answers[-1]):
            await limit_client.pause(gap)
        stopped = ""
        while _refusing(answers) is None and len(answers) < most_of(requests):
            if self.client.seconds() > 0.8 * window:
                stopped = TOO_SLOW
                break
            if width == 1:
                answers.append(await self._ask(self.client, step))
            else:
                answers += await self.client.ask_at_once(width, width)
        status = _refusing(answers)
        if status is not None:
            self.client.refusals.add(status)
            self.client.refusal = self.client.refusal or answers[-1]
        return _round_of(answers, status, Lead(lead, gap), width, stopped)

    async def _while_used_up(self) -> None:
        """What can only be seen while the allowance is used up."""
        if self.seen.pause is None:
            await self._pause()
        seen = self.seen.other
        if self.other is not None and seen is not None and seen.during is None:
            await self._look_beside(self.other, seen)
        if all(a.open for a in self.seen.attempts):
            self.seen = replace(self.seen, attempts=await try_around(self.client))

    async def _look_beside(self, other: LimitClient, seen: Bystander) -> None:
        """Until the plain request is still refused after it; a token may come back in between."""
        for looks in range(1, LOOKS + 1):
            during = await self._ask(other, "during")
            after = await self._ask(self.client, "control")
            seen = replace(seen, during=during, after=after, looks=looks)
            if self.client.refused(after):
                break
        self.seen = replace(self.seen, other=seen)

    async def _pause(self) -> None:
        wait = reading.pause_of(self.seen.requests, self.seen.window)
        if wait is None:
            return
        await limit_client.pause(wait)
        most = reading.most_after(wait, self.seen.requests, self.seen.window)
        again = await self._again("pause", most)
        self.seen = replace(self.seen, pause=again)
        if again.full:
            # A reset went by: what is tried next needs a used-up allowance.
            await self._again("drain", most_of(self.seen.requests))
        elif again.admitted:
            refill = await measure_refill(self.client, self.seen.requests, self.seen.window)
            self.seen = replace(self.seen, refill=refill)

    async def _again(self, step: str, most: int) -> Again:
        at = self.client.seconds()
        sent = admitted = 0
        while sent < most:
            answer = await self._ask(self.client, step)
            sent += 1
            if not answer.admitted:
                return Again(at, sent, admitted)
            admitted += 1
        return Again(at, sent, admitted, full=True)

    async def _readmission(self, spent: Round) -> tuple[Readmission, list[Answer]]:
        """Wait to be served again; also the answers of the new allowance, times counted anew."""
        window, client = self.seen.window, self.client
        refusal = client.refusal
        last = spent.seconds if refusal is None else refusal.at
        waited = spent.retry_after if refusal is None else refusal.retry_after
        if waited is not None:
            if waited > 2 * window:
                return Readmission(last, waited=waited), []
            await limit_client.pause(max(0.0, last + waited + 0.05 - client.seconds()))
        honoured: bool | None = None
        unclear: list[Answer] = []
        while client.seconds() < 2 * window + 2:
            before = client.seconds()
            answer = await self._ask(client, "readmission")
            if not (answer.admitted or client.refused(answer)):
                unclear.append(answer)
            elif waited is not None and honoured is None:
                honoured = answer.admitted
            if answer.admitted:
                answers, again = await self._after_reset(before)
                # From here on times count from the first request of the new allowance.
                client.restart(before)
                new = (answer, *answers, *unclear)
                moved = [replace(a, at=a.at - before) for a in new]
                return Readmission(last, before, waited, honoured, again), moved
            if client.refused(answer):
                last = before
            await limit_client.pause(self.poll)
        return Readmission(last, waited=waited, honoured=honoured), unclear

    async def _after_reset(self, at: float) -> tuple[list[Answer], Again]:
        answers: list[Answer] = []
        while len(answers) < LEAD + 2 and not (answers and self.client.refused(answers[-1])):
            answers.append(await self._ask(self.client, "readmission"))
        admitted = 1 + sum(a.admitted for a in answers)
        sent = 1 + len(answers)
        return answers, Again(at, sent, admitted, full=admitted == sent)


@dataclass(frozen=True, slots=True)
class Lead:
    """Requests sent ahead of a round's others, and the gap after them (s)."""

    count: int
    gap: float


def _refusing(answers: list[Answer]) -> int | None:
    """The status that says that nothing is left: a 429, or a refusal three times running."""
    if any(a.status == 429 for a in answers):
        return 429
    status = answers[-1].status
    alike = len(answers) >= 3 and len({a.status for a in answers[-3:]}) == 1
    if not alike or status is None or not (400 <= status < 500 or status in OVERLOADED):
        return None
    return status


def _round_of(
    answers: list[Answer], status: int | None, lead: Lead, width: int, stopped: str
) -> Round:
    # Trouble in the middle of served requests is the service's own, not its limiter's.
    tail = len(answers)
    while tail and answers[tail - 1].status == status:
        tail -= 1
    if status == 429:
        refusals = [a for a in answers if a.status == 429]
    else:
        refusals = [] if status is None else answers[tail:]
    first = refusals[0] if refusals else None
    served = sum(a.admitted for a in answers)
    return Round(
        admitted=served,
        sent=len(answers),
        refused=first is not None,
        seconds=answers[-1].at if first is None else first.at,
        errors=len(answers) - served - len(refusals),
        status=None if first is None else first.status,
        retry_after=None if first is None else first.retry_after,
        lead=lead.count,
        gap=lead.gap,
        width=width,
        stopped=stopped,
        answers=tuple(answers) if len(answers) <= KEPT else _ends(answers),
    )


def _ends(answers: list[Answer]) -> tuple[Answer, ...]:
    return tuple(answers[: KEPT // 2] + answers[-KEPT // 2 :])
