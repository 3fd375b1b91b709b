"""Readers for what is written with a unit, a comparator or a prefix.

Each takes the value as the YAML loader gives it, so that a number without a unit can be
refused with the text that was probably meant. All raise ``QuantityError``.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlsplit

from golive.config.model import Objective
from golive.model import Comparator


class QuantityError(ValueError):
    """A value does not have the form its field needs; ``hint`` says how to write it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} ({hint})" if hint else message)


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
# A century; longer windows are typing errors.
_MAX_SECONDS = 100 * 365 * 86400.0


def parse_duration(value: object, *, zero: bool = False) -> float:
    """Seconds of ``500ms``, ``2s``, ``60m``, ``6h``, ``30d``, ``1w`` or ``1h30m``.

    0 is refused unless *zero*.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = f"expected a duration, found {_shown(value)}"
        raise QuantityError(msg, "write 500ms, 2s, 60m, 6h or 30d")
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        msg = f"{text:.40} has no unit"
        raise QuantityError(msg, f"write {text:.40}s for seconds; units: ms, s, m, h, d, w")
    if not _DURATION.fullmatch(text):
        msg = f"{_shown(value)} is no duration"
        raise QuantityError(msg, "write 500ms, 2s, 60m, 6h or 30d")
    seconds = sum(
        float(Decimal(number) * Decimal(str(_UNITS[unit])))
        for number, unit in _DURATION_PART.findall(text)
    )
    if seconds > _MAX_SECONDS:
        msg = f"{text:.40} is longer than a hundred years"
        raise QuantityError(msg)
    if seconds <= 0 and not zero:
        msg = "a duration of 0 makes no sense here"
        raise QuantityError(msg, "write a duration above 0")
    return seconds


def parse_ratio(value: object) -> float:
    """0..1 from ``99.9%``, ``0.999`` or ``"0.999"``; a bare ``99.9`` or ``1`` is refused."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = f"expected a ratio, found {_shown(value)}"
        raise QuantityError(msg, "write 99.9% or 0.999")
    text = str(value).strip()
    percent = text.endswith("%")
    digits = text.removesuffix("%").strip()
    try:
        number = Decimal(digits)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        msg = f"{_shown(value)} is no ratio"
        raise QuantityError(msg, "write 99.9% or 0.999")
    if not percent and digits == "1":
        msg = "1 may mean 1% or 100%"
        raise QuantityError(msg, "write 1% or 100%")
    if not 0 <= number <= (100 if percent else 1):
        likely = not percent and 1 < number <= 100
        hint = f"write {digits}% or {float(number / 100):g}" if likely else "0% to 100%"
        wrong = "is not a share" if percent else "is not between 0 and 1"
        msg = f"{text:.40} {wrong}"
        raise QuantityError(msg, hint)
    return float(number / 100 if percent else number)


_COMPARATORS = {
    ">=": Comparator.GE,
    "≥": Comparator.GE,
    ">": Comparator.GT,
    "<=": Comparator.LE,
    "≤": Comparator.LE,
    "<": Comparator.LT,
}
_OBJECTIVE = re.compile(r"(>=|<=|=>|=<|==|=|>|<|≥|≤)?\s*(.*)", re.DOTALL)


def parse_objective(value: object) -> Objective:
    """``>= 99%``, ``< 1%``, ``≥ 0.999``: comparator and ratio in (0, 1].

    100 % and bounds that exclude nothing are legal here; a check questions them.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = f"expected an objective, found {_shown(value)}"
        raise QuantityError(msg, 'write ">= 99%"')
    match = _OBJECTIVE.fullmatch(str(value).strip())
    sign, rest = match.groups() if match else (None, "")
    if sign is not None and sign not in _COMPARATORS:
        msg = f"{sign} is no comparator"
        raise QuantityError(msg, "one of >=, >, <=, <")
    ratio = parse_ratio(rest)
    if sign is None:
        likely = ">=" if ratio >= 0.5 else "<"
        msg = f"{rest:.40} does not say on which side good lies"
        raise QuantityError(msg, f'write "{likely} {rest:.40}"')
    if ratio == 0:
        msg = "an objective of 0% claims nothing or the impossible"
        raise QuantityError(msg, 'write a bound such as ">= 99%"')
    return Objective(_COMPARATORS[sign], ratio)


_SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:\S(?:.*\S)?")


def check_secret_reference(value: object) -> str:
    """``env:NAME`` or ``file:PATH``. Nothing else is repeated in the error."""
    if isinstance(value, str) and _SECRET.fullmatch(value):
        return value
    msg = "a secret is given by reference, never by value"
    raise QuantityError(msg, "write env:NAME or file:PATH; change the secret if it was real")


def check_name(value: object) -> str:
    """Text with at least one visible character and no line break."""
    text = _text(value, "a name")
    if not text.strip() or "\n" in text:
        msg = "this is empty" if not text.strip() else "this has a line break"
        raise QuantityError(msg, "write one line of text")
    return text


def check_url(value: object) -> str:
    """An absolute http(s) URL with a host and without credentials; the latter never echoed."""
    text = _text(value, "a URL")
    hint = "write http://host:port or https://host"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        msg = "this is no URL"
        raise QuantityError(msg, hint) from error
    if re.search(r"[\s\x00-\x20\x7f]", text) or not host:
        msg = "this is no URL with a host"
        raise QuantityError(msg, hint)
    if parts.scheme not in ("http", "https"):
        msg = f"scheme {parts.scheme[:20]!r} is not supported"
        raise QuantityError(msg, hint)
    if parts.username is not None or parts.password is not None:
        msg = "a URL must not hold credentials"
        raise QuantityError(msg, "use auth: {token: env:NAME}")
    if any(is_sensitive(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        msg = "a URL must not hold a token in its query"
        raise QuantityError(msg, "use auth: {token: env:NAME}")
    if parts.fragment:
        msg = "a URL with a fragment cannot be requested"
        raise QuantityError(msg, "remove the part from #")
    return text


# Suffixes, so that `max_tokens` is not taken for a credential.
_SENSITIVE = re.compile(
    r"(token|secret|passwd|password|passphrase|api[-_]?key|access[-_]?key|signature|credentials?)$"
    r"|^(sig|key|auth|pw|pwd)$"
)


def is_sensitive(name: str) -> bool:
    """Whether a parameter called *name* usually holds a credential."""
    return _SENSITIVE.search(name.lower()) is not None


def check_url_path(value: object) -> str:
    """A path that begins with one ``/`` and holds no scheme, host or fragment."""
    text = _text(value, "a path")
    if "://" in text or text.startswith("//"):
        msg = "this is a URL, not a path"
        raise QuantityError(msg, "give the path alone; the service's url holds the rest")
    if not text.startswith("/") or re.search(r"[\s#]", text):
        msg = f"{_shown(text)} is no path"
        raise QuantityError(msg, f"write /{text.strip().lstrip('/')}"[:60])
    return text


def check_host(value: object) -> str:
    """A host name or address without scheme, port or path."""
    text = _text(value, "a host")
    if re.fullmatch(
        r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+\]?", text
    ):
        return text
    msg = f"{_shown(text)} is no host name"
    raise QuantityError(msg, "write the name alone, without scheme, port, path or wildcard")


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        msg = f"expected {what}, found {_shown(value)}"
        raise QuantityError(msg)
    return value


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"{value!r:.60}" if isinstance(value, str) else str(value).lower()[:60]
