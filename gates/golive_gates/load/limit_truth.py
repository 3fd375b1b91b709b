"""Where headers say something else than what was seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from golive.api import Finding, Reason
from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_parts import Answer, Quota, RateLimitSeen, Round
from golive_gates.load.limit_reading import LimitKind


def untruths(part: RateLimitSeen) -> tuple[Finding, ...]:
    """What headers state wrongly, one finding a kind of statement.

    Limit and window of every round; what changes with time of the last round alone, because an
    earlier one may have begun inside a window.
    """
    last = part.rounds[-1]
    everywhere = _stated(a for r in part.rounds for a in r.answers)
    found = [
        _limit(part, everywhere),
        _window(part, everywhere),
        _remaining(part, last),
        _left_over(part, last),
        _reset(part, _stated(last.answers)),
        *_retry_after(part),
    ]
    return tuple(f for f in found if f is not None)


def statements(part: RateLimitSeen) -> int:
    """How many statements of headers were held against what was seen."""
    quotas = [q for _, q in _stated(a for r in part.rounds for a in r.answers)]
    lasting = [v for q in quotas for v in (q.limit, q.window) if v is not None]
    last = part.rounds[-1].answers
    resets = [q for _, q in _stated(last) if q.reset is not None]
    # What remains is compared of served requests, Retry-After where it was waited for.
    left = [a for a in last if a.admitted and a.quota and a.quota.remaining is not None]
    waited = [r for r in part.readmissions if r.waited is not None]
    return len(lasting) + len(resets) + len(left) + len(waited)


def tells_quota(part: RateLimitSeen) -> bool:
    """Whether any answer carried a quota."""
    return any(a.quota is not None for r in part.rounds for a in r.answers)


Stated = list[tuple[Answer, Quota]]


def _stated(answers: Iterable[Answer]) -> Stated:
    return [(a, a.quota) for a in answers if a.quota is not None]


def _limit(part: RateLimitSeen, stated: Stated) -> Finding | None:
    wrong = [q for _, q in stated if q.limit is not None and q.limit != part.requests]
    if not wrong:
        return None
    params = {"stated": wrong[0].limit or 0, "declared": part.requests, "times": len(wrong)}
    return Finding(wrong[0].form, Reason("limit-differs", params))


def _window(part: RateLimitSeen, stated: Stated) -> Finding | None:
    wrong = [
        q
        for _, q in stated
        # A header holds whole seconds; a window may not.
        if q.window is not None and q.window not in (part.window, math.ceil(part.window))
    ]
    if not wrong:
        return None
    params = {"stated": wrong[0].window or 0.0, "declared": part.window, "times": len(wrong)}
    return Finding(wrong[0].form, Reason("window-differs", params))


def _remaining(part: RateLimitSeen, last: Round) -> Finding | None:
    """Each request takes one; a bucket may give some back meanwhile."""
    wrong = [(a, b) for a, b in _steps(last) if not _falls_by_one(part, a, b)]
    if not wrong:
        return None
    before, after = (s.quota.remaining if s.quota else None for s in wrong[0])
    params = {"before": before or 0, "after": after or 0, "times": len(wrong)}
    quota = wrong[0][0].quota
    return Finding(quota.form if quota else "-", Reason("remaining-jumps", params))


def _steps(last: Round) -> Iterator[tuple[Answer, Answer]]:
    served = [a for a in last.answers if a.admitted and a.quota and a.quota.remaining is not None]
    if last.width > 1:
        # Sent together, they may be counted in any order.
        served.sort(key=lambda a: -(a.quota.remaining or 0) if a.quota else 0)
    cut = len(last.answers) // 2 if last.sent > len(last.answers) else -1
    middle = last.answers[cut] if cut >= 0 else None
    return ((a, b) for a, b in pairwise(served) if b is not middle)


def _falls_by_one(part: RateLimitSeen, before: Answer, after: Answer) -> bool:
    if before.quota is None or after.quota is None:
        return True
    left, now = before.quota.remaining, after.quota.remaining
    if left is None or now is None:
        return True
    back = 0
    if reading.kind_of_limiter(part) is LimitKind.TOKEN_BUCKET:
        back = math.ceil(abs(after.at - before.at) * part.requests / part.window) + 1
    return left - 1 <= now <= left - 1 + back


def _left_over(part: RateLimitSeen, last: Round) -> Finding | None:
    """Nothing is left when the next request is refused."""
    served = [a for a in last.answers if a.admitted and a.quota and a.quota.remaining is not None]
    if not served or reading.kind_of_limiter(part) is LimitKind.TOKEN_BUCKET:
        return None
    left = min(a.quota.remaining or 0 for a in served if a.quota is not None)
    if left == 0:
        return None
    form = served[-1].quota.form if served[-1].quota else "-"
    return Finding(form, Reason("remaining-left", {"left": left}))


def _reset(part: RateLimitSeen, stated: Stated) -> Finding | None:
    """A reset lies within one window, and a fixed window is renewed at it."""
    slack, kind = reading.tolerance(part.window), reading.kind_of_limiter(part)
    index = len(part.rounds) - 1
    back = part.readmissions[index] if index < len(part.readmissions) else None
    latest, earliest = part.window + slack, 0.0
    pause = part.pause if index == 0 else None
    if pause is not None and pause.full:
        # The reset that was stated went by before the pause ended; what follows is the next window.
        latest = min(latest, pause.at + slack)
    elif kind is LimitKind.FIXED and back is not None:
        earliest = back.refused_until - slack
        latest = min(latest, (math.inf if back.at is None else back.at) + slack)
    moments = [(a.at + q.reset, q) for a, q in stated if q.reset is not None]
    wrong = [(moment, q) for moment, q in moments if not earliest <= moment <= latest]
    if not wrong:
        return None
    moment, quota = wrong[-1]
    params = {
        "stated": moment,
        "earliest": max(0.0, earliest),
        "latest": latest,
        "times": len(wrong),
    }
    return Finding(quota.form, Reason("reset-wrong", params))


def _retry_after(part: RateLimitSeen) -> Iterator[Finding]:
    early = [r for r in part.readmissions if r.honoured is False]
    if early:
        params: dict[str, str | int | float] = {"waited": early[0].waited or 0.0}
        yield Finding("Retry-After", Reason("retry-after-too-short", params))
    longest = part.window + reading.tolerance(part.window)
    long = [r for r in part.readmissions if r.waited is not None and r.waited > longest]
    if long:
        params = {"waited": long[0].waited or 0.0, "window": part.window}
        yield Finding("Retry-After", Reason("retry-after-too-long", params))
