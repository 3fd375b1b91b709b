"""Output of zizmor and actionlint to findings. Anything else than their formats is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from golive_gates.pipeline.programs.parts import Said

STRANGERS = "expression-of-strangers"
LONGEST = 300
"""Characters of a program's sentence that are kept."""


class NoAnswerError(ValueError):
    """A program printed something else than its format."""


def zizmor_said(text: str) -> tuple[Said, ...]:
    """Findings in zizmor's ``json-v1``. Raises :class:`NoAnswerError`.

    The place is that of its primary location. Source: https://docs.zizmor.sh/usage/#output-formats.
    """
    return tuple(_of_zizmor(entry) for entry in _entries(text))


def _of_zizmor(entry: Mapping[str, Any]) -> Said:
    try:
        told = entry["determinations"]
        places = [_zizmor_place(place) for place in entry["locations"]]
        primary = next((p for p in places if p[0] == "Primary"), places[0])
        _, path, line, column, note = primary
        desc = str(entry["desc"])
        return Said(
            str(entry["ident"]),
            path,
            line,
            column,
            _short(f"{desc}: {note}" if note and note != desc else desc),
            str(told["severity"]).lower(),
            str(told["confidence"]).lower(),
            bool(entry.get("ignored")),
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise NoAnswerError(type(error).__name__) from error


def _zizmor_place(place: Mapping[str, Any]) -> tuple[str, str, int, int, str]:
    symbolic, point = place["symbolic"], place["concrete"]["location"]["start_point"]
    key = symbolic["key"]
    path = key["Local"]["verbatim_path"] if "Local" in key else ""
    kind, note = str(symbolic.get("kind", "")), str(symbolic.get("annotation", ""))
    return kind, str(path), int(point["row"]) + 1, int(point["column"]) + 1, note


def actionlint_said(text: str) -> tuple[Said, ...]:
    """Findings as ``-format '{{json .}}'`` prints them. Raises :class:`NoAnswerError`.

    Source: https://github.com/rhysd/actionlint/blob/main/docs/usage.md#format-error-messages.
    """
    try:
        return tuple(
            Said(
                _kind(entry),
                str(entry["filepath"]),
                int(entry["line"]) or None,
                int(entry["column"]) or None,
                _short(str(entry["message"])),
            )
            for entry in _entries(text)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NoAnswerError(type(error).__name__) from error


def _kind(entry: Mapping[str, Any]) -> str:
    """Its kind; text of strangers in a script is an ``expression`` to it, and here its own."""
    stranger = "is potentially untrusted" in str(entry["message"])
    return STRANGERS if stranger and entry["kind"] == "expression" else str(entry["kind"])


def _entries(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoAnswerError("not JSON") from error
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise NoAnswerError("not a list of findings")
    return found


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
