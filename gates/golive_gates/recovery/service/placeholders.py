"""``{port}``, ``{sqlite.NAME}`` and ``{chroma.NAME}`` in a command and its environment. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

PORT = "port"
_PATTERN = re.compile(r"\{\{(\w+(?:\.[^{}]*)?)\}\}|\{(\w+(?:\.[^{}]*)?)\}")
"""A name in two pairs of braces stands for itself in one pair: shells write ``${HOME}`` too."""


def placeholders(text: str) -> tuple[str, ...]:
    """Names in braces, in their order. What no name can be, as in JSON, is left alone."""
    return tuple(name for _, name in _PATTERN.findall(text) if name)


def filled(text: str, values: Mapping[str, str]) -> str:
    """*text* with the value of every placeholder. Raises ``KeyError`` for one without."""
    return _PATTERN.sub(lambda m: f"{{{m[1]}}}" if m[1] else values[m[2]], text)
