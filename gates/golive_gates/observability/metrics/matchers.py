"""One matcher of a selector and one value. Pure."""

from __future__ import annotations

import re

from golive_gates.observability.routing.regexes import compiled

Matcher = tuple[str, str, str]
"""``(label, operator, value)``."""


def accepts(matcher: Matcher, text: str) -> bool | None:
    """Whether *matcher* accepts the value *text*; ``None`` where that cannot be told."""
    _, operator, value = matcher
    if operator in ("=", "!="):
        return (text == value) is (operator == "=")
    pattern = compiled(value)
    if not isinstance(pattern, re.Pattern):
        return None
    return (pattern.fullmatch(text) is not None) is (operator == "=~")


def decidable(matcher: Matcher) -> bool:
    """Whether *matcher* can be evaluated here at all."""
    return accepts(matcher, "") is not None
