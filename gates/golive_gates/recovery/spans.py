"""How long something takes, in words that need no translation."""

from __future__ import annotations

DAY, HOUR, MINUTE = 86_400, 3_600, 60


def span(seconds: float) -> str:
    """A length of time as findings print it: its two largest units."""
    left = max(0, round(seconds))
    parts = []
    for unit, length in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
