"""What ``promtool check rules`` has against rule files, line by line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from golive_gates.observability.rules.fields import NEWER
from golive_gates.observability.scenarios.parts import Refusal

_OF_FILE = re.compile(r"^\s*(?P<name>rules-\d+\.json): (?P<text>.*)$")
_PLACE = re.compile(r"^(?:\d+:\d+: )+")
_RULE = re.compile(r'^group "(?P<group>[^"]*)", rule (?P<rule>\d+), "[^"]*": (?P<text>.*)$')
_FIELD = re.compile(r"^\s*(?:line \d+: )?field (?P<field>\S+) not found in type (?P<type>\S+)")


def read(text: str, paths: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Every refusal in *text*. *paths*: of the documents, by the name that promtool was given.

    Its places are those of golive's own copy and are left out; group and rule are the same.
    """
    return tuple(dict.fromkeys(_read(text, paths)))


def _read(text: str, paths: Mapping[str, str]) -> Iterator[Refusal]:
    path = ""
    for line in text.splitlines():
        of_file = _OF_FILE.match(line)
        if of_file is not None:
            path = paths.get(of_file["name"], of_file["name"])
            words = _PLACE.sub("", of_file["text"])
            if words.startswith("yaml: unmarshal errors"):
                continue  # The lines that follow say what.
            rule = _RULE.match(words)
            if rule is not None:
                yield Refusal(path, rule["text"], rule["group"], int(rule["rule"]))
            else:
                yield Refusal(path, words)
            continue
        field = _FIELD.match(line)
        if field is not None and path:
            newer = field["field"] in NEWER and field["type"].endswith("RuleGroup")
            words = line.strip().partition(": ")[2] or line.strip()
            yield Refusal(path, words, field=field["field"], newer=newer)
