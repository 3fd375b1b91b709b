"""What ``golive lint`` found: the one source that its text, JSON, SARIF and JUnit derive from.

These types are the wire format ``golive-lint/1``, apart from the internal model. Like the run
record it is self-contained: English fields are the machine's, ``localized`` holds the other
languages. Findings are flat, each with its place, its words and what it does to the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from golive.model import Measurement, ResourceRef, Severity, Status
from golive.record import FactRecord, Tool

LINT_SCHEMA = "golive-lint/1"


class LintOutcome(StrEnum):
    """What the files as a whole came to, worst first. ``NOTHING``: no check had a subject."""

    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOTHING = "nothing-to-check"
    WARNED = "warned"
    CLEAN = "clean"


class LintEffect(StrEnum):
    """What a check or a finding does to the outcome.

    An optional check that fails warns; one that is undecided stays so. ``SUPPRESSED``: by a
    suppression in force. ``BELOW``: its check's severity is below the threshold. ``NONE``:
    nothing is wrong.
    """

    FAILS = "fails"
    UNDECIDED = "undecided"
    WARNS = "warns"
    SUPPRESSED = "suppressed"
    BELOW = "below-threshold"
    NONE = "none"


class SuppressionState(StrEnum):
    """What became of a suppression. Only one that is in force suppresses anything.

    ``UNUSED``: in force, and its checks found nothing at its place.
    """

    IN_FORCE = "in-force"
    UNUSED = "unused"
    EXPIRED = "expired"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class LintSentences:
    """A check's words in one language; ``what`` is its documentation."""

    title: str
    what: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LintWords:
    """A finding's words in one language."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LintCheck:
    """One file-based check. ``status`` is its judge's, whatever was suppressed afterwards.

    ``findings``: how many there are, ``suppressed``: how many of them are suppressed. ``docs``:
    address of its page, empty when its gate names none.
    """

    id: str
    gate: str
    status: Status
    effect: LintEffect
    severity: Severity
    required: bool
    title: str
    what: str
    reason_code: str
    reason: str
    remedy: str
    localized: Mapping[str, LintSentences] = field(default_factory=dict)
    measurement: Measurement | None = None
    facts: tuple[FactRecord, ...] = ()
    blocked_by: str | None = None
    findings: int = 0
    suppressed: int = 0
    docs: str = ""

    def sentences(self, lang: str) -> LintSentences:
        """The words in *lang*, English where that language is missing."""
        english = LintSentences(self.title, self.what, self.reason, self.remedy)
        return self.localized.get(lang, english)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The suppression beside a finding: its place, its last day and why."""

    file: str
    line: int
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing found. ``file`` is empty and ``line`` null where it has no place in a file.

    ``object``: the Kubernetes object it is about; ``json_path``: its place in that object.
    """

    check: str
    status: Status
    effect: LintEffect
    severity: Severity
    object: ResourceRef | None
    container: str
    json_path: str
    file: str
    line: int | None
    column: int | None
    subject: str
    code: str
    message: str
    remedy: str
    localized: Mapping[str, LintWords] = field(default_factory=dict)
    suppressed: Suppressed | None = None

    def words(self, lang: str) -> LintWords:
        """The words in *lang*, English where that language is missing."""
        return self.localized.get(lang, LintWords(self.message, self.remedy))


@dataclass(frozen=True, slots=True)
class LintSuppression:
    """An inline suppression as it was written, and what became of it.

    ``covers``: findings at its place, suppressed or, of an expired one, no longer suppressed.
    """

    file: str
    line: int
    state: SuppressionState
    checks: tuple[str, ...]
    until: str
    reason: str
    covers: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LintFile:
    """A file that was read and recognised. ``sha256``: empty when it was not read whole."""

    path: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LintError:
    """A file, or a document in it, that could not be read.

    ``reported``: a finding of a check says so too.
    """

    file: str
    line: int | None
    column: int | None
    kind: str
    code: str
    message: str
    hint: str = ""
    reported: bool = False


@dataclass(frozen=True, slots=True)
class LintGate:
    """A gate whose file-based checks ran, with the settings they were held to."""

    id: str
    title: str
    localized: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def title_in(self, lang: str) -> str:
        """The gate's title in *lang*, English where that language is missing."""
        return self.localized.get(lang, self.title)


@dataclass(frozen=True, slots=True)
class LintTotals:
    """Counts. ``findings`` by effect, ``checks`` by status, ``files`` by kind."""

    files: Mapping[str, int]
    objects: int
    checks: Mapping[str, int]
    findings: Mapping[str, int]
    errors: int
    suppressions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LintRecord:
    """A whole look at some files. ``day``: the one on which suppressions were judged.

    ``broken``: gates with file-based checks that could not be loaded, and why. ``files`` lists
    those that were recognised; ``totals`` counts the others too.
    """

    tool: Tool
    day: date
    outcome: LintOutcome
    exit_code: int
    paths: tuple[str, ...]
    exclude: tuple[str, ...]
    severity: Severity
    strict: bool
    selected: tuple[str, ...] | None
    gates: tuple[LintGate, ...]
    broken: Mapping[str, str]
    totals: LintTotals
    checks: tuple[LintCheck, ...]
    findings: tuple[LintFinding, ...]
    suppressions: tuple[LintSuppression, ...]
    errors: tuple[LintError, ...]
    files: tuple[LintFile, ...]
    schema: Literal["golive-lint/1"] = "golive-lint/1"
