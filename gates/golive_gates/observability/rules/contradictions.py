"""Matchers that no series can meet: together, or with what a status label can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from golive_gates.observability.routing.regexes import compiled
from golive_gates.observability.rules.promql import Selector

STATUS_LABELS = frozenset(
    {
        *("code", "status", "status_code", "http_status", "http_code", "http_status_code"),
        *("response_code", "http_response_status_code", "http_response_code"),
    }
)
_REGISTERED = (
    *range(100, 104),
    *(*range(200, 209), 226),
    *(*range(300, 306), 307, 308),
    *(*range(400, 419), *range(421, 427), 428, 429, 431, 451),
    *(*range(500, 509), 510, 511),
)
"""IANA, HTTP Status Code Registry."""
# Of NGINX, load balancers and content delivery networks.
_OTHERS = (
    *(419, 420, 430, 440, 444, 449, 450, 460, 463, 494, 495, 496, 497, 498, 499),
    *(509, *range(520, 528), 529, 530, 561, 598, 599),
)
_CODES = tuple(str(s) for s in (*_REGISTERED, *_OTHERS))
_CLASSES = tuple(f"{n}{x}" for n in range(1, 6) for x in ("xx", "XX"))
_PATTERN = re.compile(r"[1-5](?:\.\.|\.[*+]|\.\{2\}|\[0-9\].*|\\+d.*|\*)")
_LONG = 60


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``code``: its sentence, with ``params``; ``sure``: nothing meets it, whatever is exposed."""

    code: Literal["contradiction", "pattern-as-text", "no-status", "class-as-text"]
    params: Mapping[str, str] = field(default_factory=dict)
    sure: bool = True


def contradictions(selector: Selector) -> Iterator[Contradiction]:
    """What cannot be met among the matchers of *selector*."""
    by_label: dict[str, list[tuple[str, str]]] = {}
    for label, sign, value in selector.matchers:
        by_label.setdefault(label, []).append((sign, value))
        if label in STATUS_LABELS:
            yield from _status(selector.metric, label, sign, value)
    for label, found in by_label.items():
        if len(found) > 1 and _excluded(found):
            text = ", ".join(f'{label}{sign}"{value}"' for sign, value in found)
            yield Contradiction("contradiction", {"matchers": text[:200]})


def _excluded(found: list[tuple[str, str]]) -> bool:
    """Whether a value that one matcher demands is refused by another one."""
    return any(
        meets(sign, wanted, value) is False
        for equal, value in found
        if equal == "="
        for sign, wanted in found
    )


def meets(sign: str, wanted: str, value: str) -> bool | None:
    """Whether *value* meets the matcher; ``None`` where Python cannot tell it in bounded time."""
    if sign in ("=", "!="):
        return (value == wanted) == (sign == "=")
    if len(value) > _LONG:
        return None
    pattern = compiled(wanted)
    if not isinstance(pattern, re.Pattern):
        return None
    return (pattern.fullmatch(value) is not None) == (sign == "=~")


def _status(metric: str, label: str, sign: str, value: str) -> Iterator[Contradiction]:
    params = {"label": label, "value": value[:80]}
    if sign in ("=", "!="):
        if _PATTERN.fullmatch(value):
            yield Contradiction("pattern-as-text", params)
        return
    # Of gRPC, `code` says OK or 14; only what is about HTTP is held against its numbers.
    http = label != "code" or "http" in metric
    if not http or not any(c.isdigit() for c in value) or len(value) > _LONG:
        return
    reached = _reached(value)
    if reached == "codes":
        return
    if reached == "classes":
        yield Contradiction("class-as-text", params, sure=False)
    elif re.fullmatch(r"[\d.^$|*+?()\[\]x\\-]*", value, re.IGNORECASE):
        yield Contradiction("no-status", params, sure=sign == "=~")


@lru_cache(maxsize=1024)
def _reached(pattern: str) -> Literal["codes", "classes", "nothing"]:
    """Which values of a status label *pattern* matches; ``codes`` also where it cannot be told."""
    if any(meets("=~", pattern, code) is not False for code in _CODES):
        return "codes"
    return "classes" if any(meets("=~", pattern, name) for name in _CLASSES) else "nothing"
