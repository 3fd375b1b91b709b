"""Durations as Prometheus writes them: ``1h30m``, ``500ms``, ``0``."""

from __future__ import annotations

import re

_UNITS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_FORM = re.compile(
    r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?"
)


def seconds(value: object) -> float | None:
    """Seconds of *value*; ``None`` for what is no duration of Prometheus."""
    if value == "0" or (value == 0 and not isinstance(value, bool)):
        return 0.0
    if not isinstance(value, str) or not value:
        return None
    match = _FORM.fullmatch(value)
    if match is None:
        return None
    *parts, millis = match.groups()
    whole = sum(int(p) * u for p, u in zip(parts, _UNITS.values(), strict=True) if p)
    return whole + (int(millis) / 1000 if millis else 0.0)


def written(value: float) -> str:
    """*value* seconds as Prometheus writes them: ``5m``, ``1h30m``, ``3d``."""
    rest, said = round(value * 1000), ""
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        count, rest = divmod(rest, length)
        said += f"{count}{unit}" if count else ""
    return said + (f"{rest}ms" if rest else "") or "0s"
