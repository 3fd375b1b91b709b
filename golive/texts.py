"""Catalogues of sentences: ``messages.<lang>.toml`` beside each gate, and the core's own.

A large catalogue is split by topic into ``messages/<topic>.<lang>.toml`` beside it.
A catalogue has the tables ``gate`` (``title``), ``checks.<id>`` (``title``, ``what``,
``remedy``, ``reasons.<code>``, ``remedies.<code>``), ``reasons``, ``facts`` and ``steps``.
Sentences are Python format strings; their parameters come from judges and are cleaned here.

Besides Python's format specifications, figures have their own, which write numbers as the
tables of the reports do (``golive.rounding``)::

    {value:pct-down}   99.976%   a ratio that should be high, rounded down
    {value:pct-up}     0.998%    a ratio that should be low, rounded up
    {value:pct}        99.9%     exactly as written: objectives, thresholds
    {value:num-up}     0.328     another number: latencies are rounded up
    {value:num-down}   9,876     ... or down
    {value:num}        2         ... or left exactly as written
    {value:span-up}    1 d 5 min seconds as a length of time (``golive.spans``), rounded up
    {value:span-down}  6 d 23 h  ... or down
    {value:span}       6 h       ... or left exactly as written

A rounded figure gets as many digits as it takes to stay on its side of the sentence's
parameters ``threshold``, ``objective`` and ``limit``, whichever the judge passed: a bound of
0.99897 % under a limit of 1 % never reads "1%".
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

from golive.model import Reason, Scalar
from golive.rounding import INFINITE, Toward, exact, figure
from golive.sanitize import clean
from golive.spans import amounts

LANGUAGES = ("en", "ko")
DEFAULT_LANGUAGE = "ko"


class CatalogueError(LookupError):
    """A catalogue or a sentence in it is missing or does not fit its parameters."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One package's sentences in one language, with the core's as the last resort."""

    package: str
    lang: str
    tables: Mapping[str, Any]
    core: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The gate's title."""
        return self._text(("gate", "title"))

    def check(self, check_id: str, field: str) -> str:
        """``title``, ``what`` or ``remedy`` of a check."""
        return self._text(("checks", check_id, field))

    def reason(self, reason: Reason, check_id: str | None = None) -> str:
        """The sentence of *reason*: the check's own, the gate's, or the core's."""
        places = [("checks", check_id, "reasons", reason.code)] if check_id else []
        for place in (*places, ("reasons", reason.code)):
            found = _walk(self.tables, place)
            if found is not None:
                return self._format(found, reason)
        if reason.code.startswith("core."):
            found = _walk(self.core, ("reasons", reason.code.removeprefix("core.")))
            if found is not None:
                return self._format(found, reason)
        msg = f"{self.package}: no {self.lang} sentence for {check_id or ''} {reason.code!r}"
        raise CatalogueError(msg)

    def remedy(self, check_id: str, reason: Reason) -> str:
        """What to do next: the reason's own remedy, the core's for core reasons, or the check's.

        One under ``[remedies]`` of the gate is shared by its checks, as reasons are.
        """
        own = _walk(self.tables, ("checks", check_id, "remedies", reason.code))
        own = own if own is not None else _walk(self.tables, ("remedies", reason.code))
        if own is None and reason.code.startswith("core."):
            own = _walk(self.core, ("remedies", reason.code.removeprefix("core.")))
        return self._format(own, reason) if own is not None else self.check(check_id, "remedy")

    def label(self, table: str, name: str) -> str:
        """Display name of a fact or a step; the bare name when the catalogue has none."""
        return _walk(self.tables, (table, name)) or _walk(self.core, (table, name)) or name

    def span(
        self, seconds: float, toward: Toward | None = None, marks: Iterable[float] = ()
    ) -> str:
        """A length of time in words, as ``golive.spans`` rounds it; infinity as ∞.

        A negative one has a minus before it. *seconds* must not be NaN.
        """
        sign = "-" if seconds < 0 else ""
        if math.isinf(seconds):
            return f"{sign}{INFINITE}"
        parts = amounts(abs(seconds), toward, marks=() if sign else marks)
        return sign + " ".join(self.core_text("spans", unit, n=n) for n, unit in parts)

    def core_text(self, *place: str, **params: Scalar) -> str:
        """A sentence of the core catalogue by its place."""
        found = _walk(self.core, place)
        if found is None:
            msg = f"golive: no {self.lang} sentence {'.'.join(place)!r}"
            raise CatalogueError(msg)
        return self._format(found, Reason(".".join(place), params))

    def _text(self, place: tuple[str, ...]) -> str:
        found = _walk(self.tables, place)
        if found is None:
            msg = f"{self.package}: no {self.lang} sentence {'.'.join(place)!r}"
            raise CatalogueError(msg)
        return found

    def _format(self, sentence: str, reason: Reason) -> str:
        params = {k: clean(v) if isinstance(v, str) else v for k, v in reason.params.items()}
        try:
            return _Sentence(_marks(params), self.span).vformat(sentence, (), params)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            msg = f"{self.package}: {reason.code!r} in {self.lang} does not fit: {error!r}"
            raise CatalogueError(msg) from error


MARKS = ("threshold", "objective", "limit")
"""Parameters that no rounded figure of the same sentence may reach or pass by its rounding."""

_SPAN = "span"
_PERCENT = {"pct": True, "num": False, _SPAN: False}
_TOWARD = {"up": Toward.UP, "down": Toward.DOWN}


def _marks(params: Mapping[str, Scalar]) -> tuple[float, ...]:
    found = (params.get(name) for name in MARKS)
    return tuple(float(v) for v in found if isinstance(v, int | float) and math.isfinite(v))


class _Sentence(Formatter):
    """``str.format`` with the specifications of figures.

    Shows ``inf`` as ∞ and adds ``d`` to float counts like ``3.0``.
    """

    def __init__(self, marks: tuple[float, ...], span: Callable[..., str]) -> None:
        self._marks, self._span = marks, span

    def format_field(self, value: object, format_spec: str) -> str:
        unit, _, way = format_spec.partition("-")
        if unit in _PERCENT:
            return self._figure(value, unit, way)
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            return "∞" if value > 0 else "-∞"
        if isinstance(value, float) and format_spec in ("d", ",d") and value.is_integer():
            value = int(value)
        return str(super().format_field(value, format_spec))

    def _figure(self, value: object, unit: str, way: str) -> str:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or way not in ("", *_TOWARD)
        ):
            msg = f"{value!r} is no figure for {unit}-{way}"
            raise ValueError(msg)
        if math.isnan(value):
            return "NaN"
        if unit == _SPAN:
            return self._span(value, _TOWARD.get(way), self._marks)
        percent = _PERCENT[unit]
        text = (
            figure(value, _TOWARD[way], percent=percent, marks=self._marks)
            if way
            else exact(value, percent=percent)
        )
        return f"{text}%" if percent and math.isfinite(value) else text


@cache
def catalogue(package: str, lang: str) -> Catalogue:
    """Read a package's catalogue. Raises ``CatalogueError`` when it has none in *lang*."""
    return Catalogue(package, lang, _read(package, lang), _read("golive", lang))


def core_catalogue(lang: str) -> Catalogue:
    """The core's own sentences."""
    return catalogue("golive", lang)


def _read(package: str, lang: str) -> Mapping[str, Any]:
    name = f"messages.{lang}.toml"
    try:
        folder = resources.files(package)
        tables = _parsed(folder.joinpath(name).read_text(encoding="utf-8"))
        for file in _topics(folder.joinpath("messages"), lang):
            name = f"messages/{file.name}"
            _merge(tables, _parsed(file.read_text(encoding="utf-8")), ())
    except (FileNotFoundError, ModuleNotFoundError) as error:
        msg = f"{package} has no {name}"
        raise CatalogueError(msg) from error
    except (OSError, ImportError, TypeError, ValueError) as error:
        # No package at all, a file that is not UTF-8, or not TOML.
        msg = f"{package}: {name} cannot be read: {error}"
        raise CatalogueError(msg) from error
    return tables


def _parsed(text: str) -> dict[str, Any]:
    """*text* as TOML. Raises ``ValueError``."""
    plain = _by_lines(text)
    return tomllib.loads(text) if plain is None else plain


_TEXT = r'"[^"\\\x00-\x08\x0a-\x1f\x7f]*"'
_NAME = rf"(?:[A-Za-z0-9_-]+|{_TEXT})"
_TABLE = re.compile(rf"\[({_NAME}(?:\.{_NAME})*)\]")
_NAMES = re.compile(_NAME)
_PAIR = re.compile(rf"({_NAME}) = ({_TEXT})?.*")
_NOTHING = re.compile(r"(?:#[^\x00-\x08\x0a-\x1f\x7f]*)?")


def _by_lines(content: str) -> dict[str, Any] | None:
    """*content* with one text or table a line, which ``tomllib`` takes ten times as long to read.

    ``None`` when anything else is in it, or anything is wrong with it.
    """
    tables: dict[str, Any] = {}
    held, begun = tables, set[str]()
    for line in content.split("\n"):
        if pair := _PAIR.fullmatch(line):
            key, plain = pair[1].strip('"'), pair[2]
            text = plain[1:-1] if plain and pair.end(2) == len(line) else _one_text(line)
            if text is None or key in held:
                return None
            held[key] = text
        elif table := _TABLE.fullmatch(line):
            if line in begun:
                return None
            begun.add(line)
            held = tables
            for name in _NAMES.findall(table[1]):
                held = held.setdefault(name.strip('"'), {})
                if not isinstance(held, dict):
                    return None
        elif not _NOTHING.fullmatch(line):
            return None
    return tables


def _one_text(line: str) -> str | None:
    """The text that a whole line sets, with escapes or a comment."""
    try:
        (found,) = tomllib.loads(line).values()
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def _topics(folder: Traversable, lang: str) -> list[Traversable]:
    """Further files of a large catalogue: ``messages/<topic>.<lang>.toml``."""
    if not folder.is_dir():
        return []
    found = (f for f in folder.iterdir() if f.name.endswith(f".{lang}.toml"))
    return sorted(found, key=lambda f: f.name)


def _merge(tables: dict[str, Any], more: Mapping[str, Any], place: tuple[str, ...]) -> None:
    """Add *more* to *tables*. Raises ``ValueError`` for a sentence that is there already."""
    for key, value in more.items():
        held = tables.setdefault(key, value)
        if held is value:
            continue
        if not isinstance(held, dict) or not isinstance(value, Mapping):
            msg = f"{'.'.join((*place, key))} is written twice"
            raise ValueError(msg)  # noqa: TRY004 - of two files that are both sound
        _merge(held, value, (*place, key))


def _walk(tables: Mapping[str, Any], place: tuple[str | None, ...]) -> str | None:
    found: object = tables
    for key in place:
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return found if isinstance(found, str) else None
