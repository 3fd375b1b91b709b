"""The run record: the one source that every rendering and the decision derive from.

These types are the wire format (``schema_version`` 1), apart from the internal model. A record
is self-contained: it carries its sentences in every language, so it renders without the gates
that made it. English fields are the machine's; ``localized`` holds the other languages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from golive.codec import CodecError, decode, encode
from golive.config.model import Config, Waiver
from golive.model import (
    EvidenceLevel,
    EvidenceRef,
    Location,
    Measurement,
    ResourceRef,
    Severity,
    Status,
)
from golive.sent import SentRequests

SCHEMA_VERSION = "1.0"
_MAJOR = SCHEMA_VERSION.split(".", maxsplit=1)[0]


class Decision(StrEnum):
    """The outcome of a run; see ``golive.verdict.decide``."""

    GO = "GO"
    CONDITIONAL = "CONDITIONAL"
    NO_GO = "NO_GO"
    INCONCLUSIVE = "INCONCLUSIVE"


class GateStatus(StrEnum):
    """A gate's worst check, or that it did not run."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_APPLICABLE = "not-applicable"
    NOT_RUN = "not-run"


class Execution(StrEnum):
    """What became of a gate in this run."""

    COMPLETED = "completed"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    INTERRUPTED = "interrupted"
    NOT_SELECTED = "not-selected"
    MISSING = "missing"
    NOT_IN_PROFILE = "not-in-profile"


@dataclass(frozen=True, slots=True)
class Sentences:
    """A check's words in one language."""

    title: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A further figure; ``labels`` names it by language."""

    name: str
    value: float | int | str | None
    unit: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One thing found; ``localized`` holds ``message`` in the other languages."""

    subject: str
    code: str
    message: str
    localized: Mapping[str, str] = field(default_factory=dict)
    location: Location | None = None
    status: Status | None = None
    resource: ResourceRef | None = None
    container: str = ""
    json_path: str = ""


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One judged claim as it is stored."""

    id: str
    status: Status
    severity: Severity
    required: bool
    needs: EvidenceLevel
    evidence_level: EvidenceLevel
    title: str
    reason_code: str
    reason: str
    remedy: str
    localized: Mapping[str, Sentences] = field(default_factory=dict)
    measurement: Measurement | None = None
    facts: tuple[FactRecord, ...] = ()
    findings: tuple[FindingRecord, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    waiver: Waiver | None = None
    blocked_by: str | None = None

    @property
    def design_only(self) -> bool:
        """Static evidence for a claim that needs a measurement."""
        return (
            self.status is Status.INCONCLUSIVE
            and self.evidence_level is EvidenceLevel.STATIC
            and self.needs is EvidenceLevel.MEASURED
            and bool(self.evidence)
        )

    def sentences(self, lang: str) -> Sentences:
        """The words in *lang*, English where that language is missing."""
        return self.localized.get(lang) or Sentences(self.title, self.reason, self.remedy)


@dataclass(frozen=True, slots=True)
class GateRecord:
    """One gate as it is stored. ``expected``: ids of the required checks it should hold."""

    id: str
    number: int | None
    title: str
    status: GateStatus
    execution: Execution
    required: bool
    localized: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    localized_note: Mapping[str, str] = field(default_factory=dict)
    started: datetime | None = None
    seconds: float | None = None
    requests: int = 0
    sent: tuple[SentRequests, ...] = ()
    expected: tuple[str, ...] = ()
    checks: tuple[CheckRecord, ...] = ()
    observation: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def title_in(self, lang: str) -> str:
        """The gate's title in *lang*, English where that language is missing."""
        return self.localized.get(lang, self.title)

    def note_in(self, lang: str) -> str:
        """Why the gate did not complete, in *lang*."""
        return self.localized_note.get(lang, self.note)


@dataclass(frozen=True, slots=True)
class Tool:
    """What made the record."""

    name: str
    version: str
    python: str
    platform: str


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """What was seen of a target service before any gate ran."""

    name: str
    url: str
    reachable: bool
    detail: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run. ``decision`` and ``content_sha256`` are recomputed by every reader."""

    run_id: str
    started: datetime
    finished: datetime
    tool: Tool
    decision: Decision
    gates: tuple[GateRecord, ...]
    config: Config
    config_path: str = ""
    config_sha256: str = ""
    selected: tuple[str, ...] | None = None
    services: tuple[ServiceFact, ...] = ()
    requests: int = 0
    warnings: tuple[str, ...] = ()
    interrupted: bool = False
    resumed: tuple[str, ...] = ()
    schema_version: str = SCHEMA_VERSION
    content_sha256: str = ""

    def checks(self) -> tuple[CheckRecord, ...]:
        """Every check of every gate, in order."""
        return tuple(c for g in self.gates for c in g.checks)

    def check(self, check_id: str) -> CheckRecord | None:
        """The check called *check_id*, or ``None`` when the record holds none."""
        return next((c for c in self.checks() if c.id == check_id), None)


class RecordError(ValueError):
    """A file is not a readable run record; ``str()`` says what and where."""


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a record without its own digest, over canonical JSON."""
    body = {k: v for k, v in data.items() if k != "content_sha256"}
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def to_data(run: Run) -> dict[str, Any]:
    """The record as JSON-able data, with its digest filled in."""
    data: dict[str, Any] = _writable(encode(run))
    data["content_sha256"] = digest(data)
    return data


def _writable(data: dict[str, Any]) -> dict[str, Any]:
    """*data* with lone surrogates replaced: no file can hold them, and the digest covers all."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        found: dict[str, Any] = json.loads(whole)
        return found
    return data


def from_data(data: object) -> Run:
    """Read a record. Raises ``RecordError`` for anything that is not schema version 1."""
    if not isinstance(data, Mapping):
        msg = "a run record is a JSON object"
        raise RecordError(msg)
    version = data.get("schema_version")
    if not isinstance(version, str) or version.split(".")[0] != _MAJOR:
        msg = f"schema_version is {version!r:.60}; this golive reads {SCHEMA_VERSION}"
        raise RecordError(msg)
    try:
        return decode(Run, data)
    except CodecError as error:
        raise RecordError(str(error)) from error
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        # Numbers beyond any float, nesting beyond the stack: nothing that golive wrote.
        msg = f"{type(error).__name__}: {error}"
        raise RecordError(msg) from error


def is_unaltered(data: Mapping[str, Any]) -> bool:
    """Whether the record still has the content that golive wrote."""
    return data.get("content_sha256") == digest(data)
