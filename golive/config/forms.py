"""The written forms of a configuration value: reader, published pattern and expected noun.

One table serves the published JSON Schema, the validation and the decoding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from golive.config import quantities
from golive.config.markers import Form, Quantity
from golive.config.model import Objective
from golive.config.quantities import QuantityError


@dataclass(frozen=True, slots=True)
class FormRule:
    """``read`` returns what the decoder takes or raises ``QuantityError``."""

    noun: str
    read: Callable[[object], object]
    schema: Mapping[str, object]


def _read_date(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            msg = f"{value} is not in the calendar"
            raise QuantityError(msg) from error
    msg = f"{value!s:.40} is no date"
    raise QuantityError(msg, "write YYYY-MM-DD")


def _read_time(value: object) -> str:
    hint = "write 2030-01-31T09:00:00+09:00"
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        msg = f"{value!s:.40} is no time"
        raise QuantityError(msg, hint)
    if moment.tzinfo is None:
        msg = f"{value!s:.40} has no time zone"
        raise QuantityError(msg, hint)
    return moment.isoformat()


def _read_objective(value: object) -> dict[str, object]:
    objective = quantities.parse_objective(value)
    return {"comparator": objective.comparator.value, "ratio": objective.ratio}


def _text(pattern: str, **extra: object) -> dict[str, object]:
    return {"type": "string", "pattern": pattern, **extra}


_DURATION_TEXT = r"^\s*(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+\s*$"
_RATIO_TEXT = r"^\s*(?:\d+(?:\.\d+)?\s*%|0?\.\d+|[01]\.\d+|0)\s*$"

FORMS: Mapping[str, FormRule] = {
    "duration": FormRule(
        "a duration", quantities.parse_duration, _text(_DURATION_TEXT, examples=["2s", "30d"])
    ),
    "duration-or-zero": FormRule(
        "a duration",
        lambda value: quantities.parse_duration(value, zero=True),
        _text(_DURATION_TEXT, examples=["0s", "10s"]),
    ),
    "ratio": FormRule(
        "a ratio",
        quantities.parse_ratio,
        {
            "anyOf": [
                _text(_RATIO_TEXT, examples=["99.9%"]),
                {"type": "number", "minimum": 0, "maximum": 1},
            ]
        },
    ),
    "objective": FormRule(
        "an objective",
        _read_objective,
        _text(r"^\s*(?:>=|<=|>|<|≥|≤)\s*\d*\.?\d+\s*%?\s*$", examples=[">= 99%", "< 1%"]),
    ),
    "date": FormRule("a date", _read_date, {"type": "string", "format": "date"}),
    "time": FormRule("a time", _read_time, {"type": "string", "format": "date-time"}),
    "name": FormRule("text", quantities.check_name, _text(r"\S")),
    "secret": FormRule(
        "a secret reference",
        quantities.check_secret_reference,
        _text(r"^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$", examples=["env:API_TOKEN"]),
    ),
    "url": FormRule("a URL", quantities.check_url, _text("^https?://[^\\s/@]+(?:/[^\\s#]*)?$")),
    "url-path": FormRule("a path", quantities.check_url_path, _text("^/(?!/)[^\\s#]*$")),
    "host": FormRule("a host", quantities.check_host, _text("^[A-Za-z0-9.:\\[\\]-]+$")),
}


def form_of(kind: object, markers: tuple[object, ...] = ()) -> str | None:
    """Name of the form in which a value of type *kind* is written, if it has one."""
    for marker in markers:
        if isinstance(marker, Quantity | Form):
            return marker.kind
    if kind is Objective:
        return "objective"
    if kind is datetime:
        return "time"
    return "date" if kind is date else None
