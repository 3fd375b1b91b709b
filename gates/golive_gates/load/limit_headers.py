"""What response headers say about a rate limit, in the three forms that are in use. Pure.

Sources: draft-ietf-httpapi-ratelimit-headers up to version 6 (``RateLimit-Limit`` and
siblings), version 7 (``RateLimit: limit=.., remaining=.., reset=..``), later versions
(``RateLimit: "name";r=..;t=..`` with ``RateLimit-Policy: "name";q=..;w=..``), and the older
custom ``X-RateLimit-*``, whose reset is a time to wait or a Unix time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from golive_gates.load.limit_parts import Quota

UNIX = 1e9
"""A reset above this is a Unix time; nobody waits for thirty years."""
MILLISECONDS = 1e11

_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_PARAMETER = re.compile(r"(?:^|[;,\s])\s*([a-z]+)\s*=\s*\"?(\d{1,15}(?:\.\d{1,9})?)")


def read_quota(headers: tuple[tuple[str, str], ...], now: float) -> Quota | None:
    """The quota that *headers* state; *now* in Unix seconds, for resets that are times."""
    found = {name.lower(): value.strip() for name, value in reversed(headers)}
    policy = _parameters(found.get("ratelimit-policy", ""))
    if "ratelimit" in found:
        stated = _parameters(found["ratelimit"])
        return Quota(
            "RateLimit",
            _whole(stated.get("limit", policy.get("q"))),
            _whole(stated.get("remaining", stated.get("r"))),
            _wait(stated.get("reset", stated.get("t")), now),
            policy.get("w"),
        )
    for prefix, form in (("ratelimit-", "RateLimit-*"), ("x-ratelimit-", "X-RateLimit-*")):
        limit = found.get(f"{prefix}limit")
        remaining, reset = found.get(f"{prefix}remaining"), found.get(f"{prefix}reset")
        if limit is None and remaining is None and reset is None:
            continue
        window = policy.get("w", _parameters(limit or "").get("w"))
        return Quota(
            form,
            _whole(_number(limit)),
            _whole(_number(remaining)),
            _wait(_number(reset), now),
            window,
        )
    return None


def read_retry_after(value: str | None, now: float) -> float | None:
    """Seconds of a ``Retry-After``, a number or an HTTP date (RFC 9110, 10.2.3).

    ``None`` for nonsense. *now* in Unix seconds.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, aware.timestamp() - now)


def _parameters(value: str) -> Mapping[str, float]:
    """``key=number`` pairs; the first of a key counts (the first policy of a list)."""
    found: dict[str, float] = {}
    for key, number in _PARAMETER.findall(value.lower()):
        found.setdefault(key, float(number))
    return found


def _number(value: str | None) -> float | None:
    match = _NUMBER.match(value or "")
    return None if match is None else float(match[0])


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _wait(value: float | None, now: float) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    if value > MILLISECONDS:
        value /= 1000
    return max(0.0, value - now) if value > UNIX else value
