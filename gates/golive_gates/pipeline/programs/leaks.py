"""gitleaks' report as data: where it found something, and never what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.credentials import mask_text
from golive_gates.pipeline.programs.reading import NoAnswerError

_COMMITS = re.compile(r"\b(\d+) commits scanned")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """One finding. ``commit``: empty for a file as it is. Neither the secret nor its line."""

    path: str
    line: int
    rule: str
    commit: str = ""

    @property
    def fingerprint(self) -> str:
        """As ``.gitleaksignore`` takes it."""
        place = f"{self.path}:{self.rule}:{self.line}"
        return f"{self.commit}:{place}" if self.commit else place


def leaks_in(report: str) -> tuple[Leak, ...]:
    """The findings of a JSON report, in order. Raises :class:`NoAnswerError`.

    Of each entry only the place and the rule are taken over.
    """
    try:
        entries = json.loads(report)
    except (ValueError, RecursionError):
        # Without the cause: it quotes what it could not read.
        raise NoAnswerError("not JSON") from None
    if not isinstance(entries, list):
        raise NoAnswerError("not a list of findings")
    return tuple(sorted({_leak(entry) for entry in entries}))


def _leak(entry: Mapping[str, Any]) -> Leak:
    try:
        path = mask_text(str(entry["File"])).removeprefix("./")
        rule, commit = str(entry["RuleID"]), str(entry.get("Commit") or "")
        line = int(entry["StartLine"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoAnswerError("not a finding") from None
    if not re.fullmatch(r"[0-9a-f]{0,64}", commit):
        raise NoAnswerError("not a commit")
    return Leak(path, line, mask_text(rule)[:100], commit)


def commits_scanned(log: str) -> int | None:
    """How many commits gitleaks says it looked at; ``None`` where it says nothing of them."""
    found = _COMMITS.search(_COLOURS.sub("", log))
    return int(found[1]) if found else None


def last_words(log: str) -> str:
    """What a failing gitleaks complained of: its last grave line, without secrets."""
    lines = [_COLOURS.sub("", line).strip() for line in log.splitlines()]
    grave = [line for line in lines if re.search(r"\b(?:FTL|ERR|panic|Error|fatal)\b", line)]
    said = (grave or [line for line in lines if line] or [""])[-1]
    return mask_text(re.sub(r"^\S+ (?=[A-Z]{3}\b)", "", said))[:300]
