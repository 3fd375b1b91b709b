"""What a procedure's facts say: the kind of limiter, what it should admit, its window. Pure."""

from __future__ import annotations

import math
from enum import StrEnum

from golive_gates.load.limit_parts import RateLimitSeen, Readmission, Refill, Round

MARGIN = 0.1
"""Seconds by which a moment that was computed is overshot, so that clocks may differ."""

CLOCKS = 0.02
"""Seconds between a bucket's look at its clock and ours at the answer."""

TOKENS = 10.0


class LimitKind(StrEnum):
    """How a limiter counts. ``WINDOW``: a fixed or a sliding one, which was not told apart."""

    FIXED = "fixed"
    SLIDING = "sliding"
    TOKEN_BUCKET = "token-bucket"  # noqa: S105 - a kind of limiter
    WINDOW = "window"
    UNKNOWN = "unknown"


def tolerance(window: float) -> float:
    """How far (s) a window's length may be off: whole seconds in headers, and our own pace."""
    return 1.0 + min(0.5, 0.05 * window)


def pause_of(requests: int, window: float) -> float | None:
    """Seconds after which a token bucket has a token again; ``None``: no telling it apart."""
    pause = max(0.5, 1.5 * window / requests)
    return pause if pause <= window / 4 else None


def most_after(pause: float, requests: int, window: float) -> int:
    """More served after *pause* than this is a reset, not tokens."""
    return 3 * math.ceil(pause * requests / window) + 3


def kind_of_limiter(part: RateLimitSeen) -> LimitKind:
    """From the pause (tokens come back one by one) and from what a reset gives back."""
    if part.pause is None and not part.readmissions:
        return LimitKind.UNKNOWN
    if part.pause is not None and part.pause.admitted and not part.pause.full:
        return LimitKind.TOKEN_BUCKET
    if part.pause is not None and part.pause.full:
        return LimitKind.FIXED  # everything was there again at once
    for spent, back in zip(part.rounds, part.readmissions, strict=False):
        again = back.again
        if again is None or back.at is None:
            continue
        if not again.full:
            return LimitKind.SLIDING
        # What was sent after the gap is still in a sliding window then, and was given back.
        if spent.gap and again.at < part.window + spent.gap - MARGIN:
            return LimitKind.FIXED
    return LimitKind.WINDOW if part.rounds else LimitKind.UNKNOWN


def refill(part: RateLimitSeen, round_: Round, kind: LimitKind) -> int:
    """Tokens that came back while a round was sent; a full bucket takes no more."""
    if kind is not LimitKind.TOKEN_BUCKET:
        return 0
    rate = part.requests / part.window
    # Within the gap no more can come back than its lead had taken.
    meanwhile = min(float(round_.lead), round_.gap * rate)
    return math.floor(meanwhile + max(0.0, round_.seconds - round_.gap) * rate)


def refill_tokens(requests: int) -> float:
    """Tokens for which a refill is waited: enough to tell its rate, far from a full bucket."""
    return min(TOKENS, requests / 2)


def refill_bounds(part: RateLimitSeen, seen: Refill) -> tuple[int, int]:
    """The least and the most tokens that come back at the declared rate between two refusals.

    Each refusal leaves less than one token, whatever fraction of it, hence one more or less.
    """
    rate = part.requests / part.window
    least = math.ceil((seen.shortest - CLOCKS) * rate - 1)
    return max(0, least), math.floor((seen.longest + CLOCKS) * rate + 1)


def as_declared(part: RateLimitSeen, round_: Round, kind: LimitKind) -> bool:
    """Whether a round admitted what was declared; a bucket's clock differs a little from ours."""
    more = abs(round_.admitted - part.requests - refill(part, round_, kind))
    if kind is not LimitKind.TOKEN_BUCKET:
        return more == 0
    return more <= 1 + CLOCKS * part.requests / part.window


def window_seen(part: RateLimitSeen, index: int) -> float | None:
    """Seconds from the first request of round *index* until requests were served again."""
    back = _readmission(part, index)
    return None if back is None else back.at


def length_fits(part: RateLimitSeen, index: int) -> bool:
    """Whether the window seen in round *index* is as long as declared, as far as it was seen.

    The moment of being served again is an upper bound, the last refusal a lower one.
    """
    back = _readmission(part, index)
    if back is None or back.at is None:
        return False
    slack = tolerance(part.window)
    return back.at >= part.window - slack and back.refused_until <= part.window + slack


def decisive(part: RateLimitSeen, index: int) -> bool:
    """Whether round *index* settles the matter, so that no further one is needed."""
    kind, round_ = kind_of_limiter(part), part.rounds[index]
    if not round_.refused or round_.errors:
        return False
    fits = kind is LimitKind.TOKEN_BUCKET or length_fits(part, index)
    return as_declared(part, round_, kind) and fits


def _readmission(part: RateLimitSeen, index: int) -> Readmission | None:
    return part.readmissions[index] if index < len(part.readmissions) else None
