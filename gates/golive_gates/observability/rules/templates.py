"""Go templates in labels and annotations, as far as Prometheus refuses or misprints them.

Source of what there is: Prometheus, template reference; Go, package text/template.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from golive_gates.observability.rules.template_actions import Token, UnclosedError, actions

_GO = "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne"
_PROMETHEUS = (
    "query first label value strvalue sortByLabel args tmpl title toUpper toLower match "
    "reReplaceAll safeHtml graphLink tableLink stripPort stripDomain parseDuration humanize "
    "humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime pathPrefix "
    "externalURL"
)
FUNCTIONS = frozenset(f"{_GO} {_PROMETHEUS}".split())
"""Those of Go, and of Prometheus 2.42."""
LATER = {"toDuration": "3.6", "now": "3.6", "urlQueryEscape": "3.6"}
"""Functions by the first version of Prometheus that knows them."""
VARIABLES = frozenset({"labels", "externalLabels", "externalURL", "value"})
FIELDS = frozenset({"Labels", "ExternalLabels", "ExternalURL", "Value"})
_CONDITIONS = frozenset({"if", "with", "range"})
_OPENING = _CONDITIONS | {"define", "block"}
_OTHER_DOT = frozenset({"with", "range", "define", "block"})
_WORDS = frozenset({"else", "end", "template", "break", "continue", "nil", "true", "false"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template; ``what``: the part of it that the sentence *code* names."""

    code: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What a text does as a template.

    ``faults``: why it is refused, or prints an error. ``labels``: those of the series that it
    prints; ``asked``: those that it asks for in a condition. ``value``, ``queries``: whether what
    it prints changes with the value, or with a query's result; ``branches``: whether a condition
    asks for the value. ``later``: functions that only newer versions know.
    """

    faults: tuple[Fault, ...] = ()
    labels: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    value: bool = False
    queries: bool = False
    branches: bool = False
    later: frozenset[str] = frozenset()


_PLAIN = Template()


@lru_cache(maxsize=8192)
def template(text: str) -> Template:
    """What *text* does as a template; one without an action does nothing."""
    return _Reader().whole(text) if "{{" in text else _PLAIN


class _Reader:
    """One pass over a text. ``_open``: keywords of the blocks that are not ended yet."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.labels: set[str] = set()
        self.asked: set[str] = set()
        self.later: set[str] = set()
        self.value = self.queries = self.branches = False
        self._open: list[str] = []
        self._known = set(VARIABLES)
        self._condition = False

    def whole(self, text: str) -> Template:
        try:
            for tokens in actions(text):
                self._action(tokens)
            if self._open:
                self._fault("not-ended", self._open[-1])
        except UnclosedError as error:
            self._fault("not-closed", str(error))
        return Template(
            # Go stops at the first one; what follows may come of it.
            tuple(self.faults[:1]),
            frozenset(self.labels),
            frozenset(self.asked),
            self.value,
            self.queries,
            self.branches,
            frozenset(self.later),
        )

    def _fault(self, code: str, what: str = "") -> None:
        self.faults.append(Fault(code, what))

    def _action(self, tokens: list[Token]) -> None:
        if not tokens:
            self._fault("empty-action")
            return
        first = tokens[0].text
        second = tokens[1].text if len(tokens) > 1 else ""
        self._condition = first in _CONDITIONS or (first == "else" and second in _CONDITIONS)
        blocks = self._open
        if first in ("end", "else") and not blocks:
            self._fault("unexpected", first)
        elif first == "end":
            blocks.pop()
        elif first in ("break", "continue") and "range" not in blocks:
            self._fault("unexpected", first)
        self._expression(tokens)
        if first in _OPENING and tokens[0].kind == "word":
            blocks.append(first)

    def _expression(self, tokens: list[Token]) -> None:
        sign = next((n for n, t in enumerate(tokens) if t.text in (":=", "=")), -1)
        for number, (kind, text) in enumerate(tokens):
            before = tokens[number - 1] if number else Token("", "")
            if kind == "other":
                self._fault("bad-character", text)
                return
            if kind == "variable" and number < sign:
                self._known.add(text[1:])
            elif kind == "variable":
                self._variable(text[1:], _fields(tokens, number))
            elif (
                kind == "field" and before.kind not in ("variable", "field") and before.text != ")"
            ):
                self._field(text[1:], _fields(tokens, number))
            elif kind == "word":
                self._word(text, before.text)
                if text == "index":
                    self._index(tokens[number + 1 : number + 3])

    def _variable(self, name: str, fields: list[str]) -> None:
        if name and name not in self._known:
            self._fault("unknown-variable", f"${name}")
        elif not name and fields:
            self._of_data(fields[0], fields[1:])
        elif name == "labels":
            self._label(fields)
        elif name == "value":
            self._uses_value()

    def _field(self, name: str, fields: list[str]) -> None:
        # Within range, with and define the dot is another thing.
        if not _OTHER_DOT & set(self._open):
            self._of_data(name, fields)

    def _of_data(self, name: str, fields: list[str]) -> None:
        if name not in FIELDS:
            self._fault("unknown-field", f".{name}")
        elif name == "Labels":
            self._label(fields)
        elif name == "Value":
            self._uses_value()

    def _label(self, fields: list[str]) -> None:
        if len(fields) > 1:
            self._fault("label-field", ".".join(("$labels", *fields)))
        elif fields:
            (self.asked if self._condition else self.labels).add(fields[0])

    def _index(self, following: list[Token]) -> None:
        """``index $labels "name"``."""
        if len(following) > 1 and following[0].text == "$labels" and following[1].kind == "string":
            self._label([following[1].text[1:-1]])

    def _uses_value(self) -> None:
        if self._condition:
            self.branches = True
        else:
            self.value = True

    def _word(self, name: str, before: str) -> None:
        if name == "query":
            self.queries = True
        if before in ("template", "define", "block") or name in _OPENING | _WORDS | FUNCTIONS:
            return
        if name in LATER:
            self.later.add(name)
        else:
            self._fault("unknown-function", name)


def _fields(tokens: list[Token], number: int) -> list[str]:
    """Names of the fields that follow the token *number*."""
    found: list[str] = []
    for token in tokens[number + 1 :]:
        if token.kind != "field":
            break
        found.append(token.text[1:])
    return found
