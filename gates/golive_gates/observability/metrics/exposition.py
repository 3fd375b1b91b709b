"""The text formats in which a service exposes metrics: Prometheus 0.0.4 and OpenMetrics 1.0.

Read as Prometheus reads them: one line that it does not accept makes it drop the whole scrape,
so such a line refuses the page. What it takes in spite of the format's rules is taken too, and
remarked on. Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from golive_gates.observability.metrics.families import assembled
from golive_gates.observability.metrics.inventory import Family, Kind, Series
from golive_gates.observability.metrics.lines import Malformed, label_set, quoted

MAX_BYTES = 8 << 20
MAX_LINES = 200_000
MAX_SERIES = 50_000
MAX_LINE = 32_768
"""Bytes, lines, series of a page and characters of a line; more is refused, never cut."""

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)")
_WHOLE = re.compile(r"[+-]?\d+")
_SPECIAL = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}
_BLANK = re.compile(r"[ \t]+")
_TEXT_TYPES = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})
_OPEN_TYPES = frozenset(
    {"counter", "gauge", "histogram", "summary", "unknown", "info", "stateset", "gaugehistogram"}
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that Prometheus takes and that still is not as it should be.

    ``code``: ``duplicate``, ``no-infinity``, ``not-a-number``, ``kind`` or ``utf8-name``.
    """

    code: str
    subject: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read whole."""

    families: Mapping[str, Family]
    remarks: tuple[Remark, ...] = ()

    @property
    def series(self) -> int:
        """Number of its series."""
        return sum(len(f.series) for f in self.families.values())


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a page is none. ``line``: 1-based, 0 where it is about the whole page.

    ``code``: ``metrics-empty``, ``-no-series``, ``-not-utf8``, ``-too-large``, ``-html``,
    ``-json``, ``-protobuf``, ``-unparseable``.
    """

    code: str
    detail: str = ""
    line: int = 0


def parse(body: bytes, content_type: str = "") -> Page | Refused:
    """The families of *body*. Without a type that tells, its last line decides the format."""
    whole = _text(body, content_type)
    if isinstance(whole, Refused):
        return whole
    media = content_type.partition(";")[0].strip().lower()
    lines = whole.split("\n")
    ends = next((x for x in reversed(lines) if x), "") == "# EOF"
    reader = _Reader(open_metrics=media == "application/openmetrics-text" or (not media and ends))
    if len(lines) > MAX_LINES:
        return Refused("metrics-too-large", f"{len(lines)} lines, more than {MAX_LINES}")
    for number, line in enumerate(lines, 1):
        try:
            reader.take(number, line)
        except Malformed as error:
            return Refused("metrics-unparseable", f"{error}: {line[:120]!r}", number)
        if len(reader.samples) > MAX_SERIES:
            return Refused("metrics-too-large", f"more than {MAX_SERIES} series", number)
    if reader.open_metrics and not reader.ended:
        return Refused("metrics-unparseable", "OpenMetrics without # EOF at its end", len(lines))
    if not reader.samples and not reader.types:
        return Refused("metrics-no-series")
    families, remarks = assembled(
        reader.types, reader.helps, reader.samples, total=reader.open_metrics
    )
    every = (*reader.remarks.values(), *(Remark(*r) for r in remarks))
    return Page(families, every)


def _text(body: bytes, content_type: str) -> str | Refused:
    """The page as text, or why it cannot be an exposition at all."""
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/vnd.google.protobuf":
        return Refused("metrics-protobuf", media)
    if len(body) > MAX_BYTES:
        return Refused("metrics-too-large", f"{len(body)} bytes, more than {MAX_BYTES}")
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return Refused("metrics-empty")
    if media in ("text/html", "application/xhtml+xml") or start.startswith(b"<"):
        return Refused("metrics-html", media)
    # An exposition may start with a brace too: {"a metric's name"} 1
    is_object = re.match(rb"\{\s*(?:\}|\"(?:[^\"\\]|\\.)*\"\s*:)", start) is not None
    if media == "application/json" or start.startswith(b"[") or is_object:
        return Refused("metrics-json", media)
    if body[:2] == b"\x1f\x8b" or b"\x00" in body:
        return Refused("metrics-protobuf", media or "binary")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return Refused("metrics-not-utf8", error.reason, line)


@dataclass(slots=True)
class _Reader:
    """Takes line by line; raises ``Malformed`` for what Prometheus would refuse."""

    open_metrics: bool
    types: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    samples: dict[tuple[str, tuple[tuple[str, str], ...]], Series] = field(default_factory=dict)
    remarks: dict[tuple[str, str], Remark] = field(default_factory=dict)
    ended: bool = False

    def take(self, number: int, line: str) -> None:
        if self.ended:
            if line.strip():
                raise Malformed("text after # EOF")
            return
        if len(line) > MAX_LINE:
            msg = f"a line of {len(line)} characters"
            raise Malformed(msg)
        if line.endswith("\r"):
            raise Malformed("a line that ends with CR LF")
        plain = line.strip(" \t") if not self.open_metrics else line
        if not plain:
            return
        if plain.startswith("#"):
            self._comment(plain)
        else:
            self._sample(number, plain)

    def _comment(self, line: str) -> None:
        if self.open_metrics and line == "# EOF":
            self.ended = True
            return
        _, _, rest = line.partition("#")
        word, _, rest = rest.strip(" \t").partition(" ")
        if word not in ("TYPE", "HELP"):
            return
        rest = rest.strip(" \t")
        name, end = self._name(rest, 0)
        value = rest[end:].strip(" \t")
        if word == "HELP":
            self.helps.setdefault(name, value[:500])
            return
        known = _OPEN_TYPES if self.open_metrics else _TEXT_TYPES | {"unknown"}
        if value not in known:
            msg = f"no type of a metric: {value[:40]!r}"
            raise Malformed(msg)
        self.types.setdefault(name, (_KINDS.get(value, "untyped"), value))

    def _sample(self, number: int, line: str) -> None:
        name, labels, position = self._selected(line)
        words = line[position:]
        if self.open_metrics:
            words, mark, exemplar = words.partition(" # ")
            if mark:
                _exemplar(exemplar)
        value = _measured(words, _NUMBER if self.open_metrics else _WHOLE)
        if not _NAME.fullmatch(name):
            self._remark("utf8-name", name, number)
        if math.isnan(value):
            self._remark("not-a-number", name, number)
        # An empty label is as good as none.
        labels = {k: v for k, v in labels.items() if v}
        key = (name, tuple(sorted(labels.items())))
        if key in self.samples:
            self._remark("duplicate", name, number)
            return
        self.samples[key] = Series(name, labels, None if math.isnan(value) else value)

    def _selected(self, line: str) -> tuple[str, dict[str, str], int]:
        """Name and labels of a sample, and where its value starts."""
        name, position = ("", 0) if line.startswith("{") else self._name(line, 0)
        space = _BLANK.match(line, position)
        position = space.end() if space else position
        inner = ""
        labels: dict[str, str] = {}
        if line.startswith("{", position):
            inner, labels, position = label_set(line, position)
        if inner and name:
            raise Malformed("two names")
        if not inner and not name:
            raise Malformed("no name of a metric")
        return name or inner, labels, position

    def _remark(self, code: str, name: str, number: int) -> None:
        self.remarks.setdefault((code, name), Remark(code, name, number))

    def _name(self, text: str, position: int) -> tuple[str, int]:
        if text.startswith('"', position):
            return quoted(text, position)
        match = _NAME.match(text, position)
        if match is None:
            raise Malformed("no name of a metric")
        end = match.end()
        if end < len(text) and text[end] not in " \t{":
            msg = f"{text[end]!r} in the name of a metric"
            raise Malformed(msg)
        return match.group(), end


_KINDS: Mapping[str, Kind] = {
    "counter": "counter",
    "gauge": "gauge",
    "histogram": "histogram",
    "summary": "summary",
    "info": "gauge",
    "stateset": "gauge",
}


def _measured(text: str, time: re.Pattern[str]) -> float:
    """Value of ``value [timestamp]``; raises ``Malformed``."""
    fields = _BLANK.split(text.strip(" \t"))
    if not fields[0]:
        raise Malformed("no value")
    if len(fields) > 2:
        raise Malformed("more than value and timestamp")
    if len(fields) == 2 and not time.fullmatch(fields[1]):
        raise Malformed("no timestamp")
    return _value(fields[0])


def _value(text: str) -> float:
    """A sample's value as Go reads it; raises ``Malformed``."""
    if _NUMBER.fullmatch(text):
        return float(text)
    sign = -1.0 if text.startswith("-") else 1.0
    special = _SPECIAL.get(text.lstrip("+-").lower())
    if special is None or text[:2] in ("++", "--", "+-", "-+"):
        msg = f"no number: {text[:40]!r}"
        raise Malformed(msg)
    return sign * special


def _exemplar(text: str) -> None:
    """Raises ``Malformed`` unless *text* is ``{labels} value [timestamp]``."""
    if not text.startswith("{"):
        raise Malformed("no exemplar after #")
    _, _, position = label_set(text, 0)
    _measured(text[position:], _NUMBER)
