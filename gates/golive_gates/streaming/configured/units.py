"""Times and sizes as nginx, its controllers and the Gateway API write them. Pure."""

from __future__ import annotations

import re

_NGINX_SECONDS = {
    "y": 31_536_000.0,
    "M": 2_592_000.0,
    "w": 604_800.0,
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 0.001,
    "": 1.0,
}
_NGINX_PART = re.compile(r"(\d{1,12})(ms|[yMwdhms]?)\s*")
_GO_PART = re.compile(r"(\d{1,5})(ms|h|m|s)")
_SIZE = re.compile(r"(\d{1,15})([bkmg]?)", re.IGNORECASE)
_SIZES = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def nginx_seconds(text: str) -> float | None:
    """Seconds of ``1h 30m``, ``3600s``, ``500ms`` or ``60``; ``None`` for anything else.

    nginx.org/en/docs/syntax.html: without a unit it is seconds, and units come in falling order.
    """
    position, total, last = 0, 0.0, float("inf")
    text = text.strip()
    while position < len(text):
        found = _NGINX_PART.match(text, position)
        if found is None:
            return None
        unit = _NGINX_SECONDS[found[2]]
        if unit >= last:
            return None
        total += int(found[1]) * unit
        position, last = found.end(), unit
    return total if text else None


def gateway_seconds(text: object) -> float | None:
    """Seconds of a Gateway API duration, ``1h30m`` or ``0s`` (GEP-2257); ``None`` otherwise."""
    if not isinstance(text, str):
        return None
    parts = _GO_PART.findall(text)
    if not 1 <= len(parts) <= 4 or "".join(n + unit for n, unit in parts) != text:
        return None
    return sum(int(n) * _NGINX_SECONDS[unit] for n, unit in parts)


def size(text: str) -> float | None:
    """Bytes of ``256k``; ``None`` for what is no size."""
    found = _SIZE.fullmatch(text.strip())
    return None if found is None else float(int(found[1]) * _SIZES[found[2].lower()])


def integer(text: str) -> int | None:
    """What Go's ``strconv.Atoi`` reads; ``None`` where it refuses."""
    return int(text) if _INTEGER.fullmatch(text) else None


def go_bool(text: str) -> bool | None:
    """What Go's ``strconv.ParseBool`` reads; ``on`` and ``off`` are no booleans to it."""
    if text in ("1", "t", "T", "true", "TRUE", "True"):
        return True
    return False if text in ("0", "f", "F", "false", "FALSE", "False") else None
