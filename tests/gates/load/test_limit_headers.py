"""Quota headers in each of their forms."""

from __future__ import annotations

import pytest

from golive_gates.load.limit_headers import read_quota, read_retry_after
from golive_gates.load.limit_parts import Quota

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        (
            {"RateLimit-Limit": "200", "RateLimit-Remaining": "7", "RateLimit-Reset": "30"},
            Quota("RateLimit-*", 200, 7, 30.0),
        ),
        ({"RateLimit-Limit": "200, 200;w=60"}, Quota("RateLimit-*", 200, window=60.0)),
        (
            {"RateLimit-Limit": "200", "RateLimit-Policy": "200;w=60"},
            Quota("RateLimit-*", 200, window=60.0),
        ),
        (
            {"RateLimit": "limit=200, remaining=7, reset=30"},
            Quota("RateLimit", 200, 7, 30.0),
        ),
        (
            {"RateLimit": '"default";r=7;t=30', "RateLimit-Policy": '"default";q=200;w=60'},
            Quota("RateLimit", 200, 7, 30.0, 60.0),
        ),
        (
            {"X-RateLimit-Limit": "200", "X-RateLimit-Reset": str(int(NOW) + 30)},
            Quota("X-RateLimit-*", 200, None, 30.0),
        ),
        (
            {"X-RateLimit-Reset": str((int(NOW) + 30) * 1000)},
            Quota("X-RateLimit-*", None, None, 30.0),
        ),
        ({"x-ratelimit-remaining": "-1"}, Quota("X-RateLimit-*")),
        ({"X-RateLimit-Limit": "9" * 400}, Quota("X-RateLimit-*", 10**15 - 1)),
        ({"Content-Type": "text/plain"}, None),
    ],
)
def test_forms(headers: dict[str, str], quota: Quota | None) -> None:
    assert read_quota(tuple(headers.items()), NOW) == quota


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 0 ", 0.0),
        ("1.5", None),
        ("soon", None),
        (None, None),
        ("٣", None),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds
