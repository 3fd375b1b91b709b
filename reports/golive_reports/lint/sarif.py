"""Findings as SARIF 2.1.0, the form that code-scanning services read.

A finding that fails or warns is a result of kind ``fail``; one that could not be decided is of
kind ``open``, whose level is ``none`` (SARIF 2.1.0, 3.27.9 and 3.27.10). Checks that are open
for another reason than a finding, and files that could not be read, are notifications of the
invocation, which then did not succeed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from golive.lint_record import (
    LintCheck,
    LintEffect,
    LintError,
    LintFinding,
    LintOutcome,
    LintRecord,
    Suppressed,
    SuppressionState,
)
from golive.lint_rendering import LintOptions, LintRenderer
from golive.model import Severity, Status
from golive_reports.lint.view import LintView, about
from golive_reports.lint.writing import json_text

Json = dict[str, Any]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
LEVELS = {
    LintEffect.FAILS: "error",
    LintEffect.WARNS: "warning",
    LintEffect.UNDECIDED: "none",
    LintEffect.NONE: "none",
}
STATUS_LEVELS = {Status.FAIL: "error", Status.WARN: "warning", Status.INCONCLUSIVE: "none"}


def render(record: LintRecord, options: LintOptions) -> str:
    """One SARIF log with one run."""
    view = LintView(record, options)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(view)]}
    return json_text(log, depth=4)


def _run(view: LintView) -> Json:
    record = view.record
    index = {check.id: number for number, check in enumerate(record.checks)}
    return {
        "tool": {
            "driver": {
                "name": record.tool.name,
                "version": record.tool.version,
                "semanticVersion": record.tool.version,
                "fullDescription": {"text": view.words.say("lint.sarif.tool")},
                "rules": [_rule(view, check) for check in record.checks],
            }
        },
        "language": view.options.lang,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(view, index)],
        "artifacts": [
            {
                "location": _artifact(file.path),
                "length": file.size,
                **({"hashes": {"sha-256": file.sha256}} if file.sha256 else {}),
            }
            for file in record.files
        ],
        "results": list(_results(view, index)),
        "properties": {"outcome": record.outcome.value, "day": record.day.isoformat()},
    }


def _rule(view: LintView, check: LintCheck) -> Json:
    said = check.sentences(view.options.lang)
    level = "error" if check.required else "warning"
    tags = ["golive", check.gate]
    return {
        "id": check.id,
        "name": "".join(word.title() for word in check.id.replace(".", "-").split("-")),
        "shortDescription": {"text": said.title},
        "fullDescription": {"text": said.what or said.title},
        "help": {"text": said.remedy or said.title},
        **({"helpUri": check.docs} if check.docs else {}),
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": tags,
            "precision": "high",
            "problem.severity": _problem_severity(check),
            "severity": check.severity.value,
            "status": check.status.value,
        },
    }


def _problem_severity(check: LintCheck) -> str:
    if not check.required or check.severity is Severity.LOW:
        return "recommendation"
    return "error" if check.severity is Severity.HIGH else "warning"


def _results(view: LintView, index: dict[str, int]) -> Iterator[Json]:
    """Every finding that is shown. What is alike but for its line is told apart by its order."""
    met: Counter[str] = Counter()
    for finding in view.shown:
        fingerprint = _fingerprint(finding)
        met[fingerprint] += 1
        yield _result(view, finding, index, f"{fingerprint}:{met[fingerprint]}")


def _result(view: LintView, finding: LintFinding, index: dict[str, int], fingerprint: str) -> Json:
    undecided = finding.status is Status.INCONCLUSIVE
    said = finding.words(view.options.lang)
    level = LEVELS.get(finding.effect, STATUS_LEVELS.get(finding.status, "warning"))
    return {
        "ruleId": finding.check,
        "ruleIndex": index[finding.check],
        "kind": "open" if undecided else "fail",
        "level": "none" if undecided else level,
        "message": {"text": f"{about(finding)}{said.message}"},
        "locations": _locations(view, finding),
        "partialFingerprints": {"golive/v1": fingerprint},
        "suppressions": [_suppression(view, finding.suppressed)] if finding.suppressed else [],
        "properties": {
            "severity": finding.severity.value,
            "status": finding.status.value,
            **({"container": finding.container} if finding.container else {}),
            **({"remedy": said.remedy} if said.remedy else {}),
        },
    }


def _locations(view: LintView, finding: LintFinding) -> list[Json]:
    """Where it is. Code scanning refuses a log in which a result has no file or no line.

    What is rendered has no line, and what is missing has no file: the first one stands for it.
    """
    location: Json = {}
    file = finding.file or next((f.path for f in view.record.files), "")
    if file:
        region: Json = {"startLine": finding.line or 1}
        if finding.line is not None and finding.column is not None:
            region["startColumn"] = finding.column
        location["physicalLocation"] = _physical(file, region)
    if finding.object is not None:
        logical: Json = {
            "name": finding.object.name,
            "fullyQualifiedName": f"{finding.object}",
            "kind": "resource",
        }
        if finding.json_path:
            logical["decoratedName"] = f"{finding.object}:{finding.json_path}"
        location["logicalLocations"] = [logical]
    return [location] if location else []


def _physical(file: str, region: Json) -> Json:
    return {"artifactLocation": _artifact(file), **({"region": region} if region else {})}


def _artifact(file: str) -> Json:
    """A path below the folder of the call is relative to it, any other is a ``file:`` URI."""
    uri = quote(file, errors="replace")  # A colon too, for it would read as a scheme's.
    if file.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": ROOT}


def _fingerprint(finding: LintFinding) -> str:
    """The same for the same finding when lines above it move."""
    parts = (
        finding.check,
        finding.code,
        finding.file,
        f"{finding.object}",
        finding.container,
        finding.json_path,
        finding.subject,
    )
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _suppression(view: LintView, found: Suppressed) -> Json:
    text = view.words.say("lint.sarif.until", reason=found.reason, until=found.until.isoformat())
    return {
        "kind": "inSource",
        "status": "accepted",
        "justification": text,
        "location": {"physicalLocation": _physical(found.file, {"startLine": found.line})},
    }


def _invocation(view: LintView, index: dict[str, int]) -> Json:
    record = view.record
    notes = list(_notifications(view, index))
    whole = not record.errors and not record.broken
    ran = all(c.status is not Status.ERROR for c in record.checks)
    return {
        "executionSuccessful": whole and ran and record.outcome is not LintOutcome.NOTHING,
        "exitCode": record.exit_code,
        "exitCodeDescription": view.conclusion(),
        "toolExecutionNotifications": notes,
    }


def _notifications(view: LintView, index: dict[str, int]) -> Iterator[Json]:
    for error in view.record.errors:
        yield _unread(view, error)
    for gate, detail in view.record.broken.items():
        text = view.words.say("lint.broken", gate=gate, detail=detail)
        yield {"level": "error", "message": {"text": text}}
    for check in view.record.checks:
        if check.effect is LintEffect.UNDECIDED or check.status is Status.ERROR:
            yield {
                "level": "error" if check.status is Status.ERROR else "warning",
                "message": {"text": f"{check.id}: {view.reason(check)}"},
                "associatedRule": {"id": check.id, "index": index[check.id]},
            }
    for written in view.record.suppressions:
        if written.state is SuppressionState.IN_FORCE:
            continue
        text = view.suppression(written)
        level = "note" if written.state is SuppressionState.UNUSED else "warning"
        yield _note(level, text, written.file, written.line)
    if view.record.outcome is LintOutcome.NOTHING:
        yield {"level": "warning", "message": {"text": view.nothing()}}


def _unread(view: LintView, error: LintError) -> Json:
    return _note("error", view.message(error), error.file, error.line)


def _note(level: str, text: str, file: str, line: int | None) -> Json:
    region = {"startLine": line} if line else {}
    locations: Sequence[Json] = [{"physicalLocation": _physical(file, region)}] if file else []
    return {"level": level, "message": {"text": text}, "locations": locations}


RENDERER = LintRenderer("sarif", ".sarif", "application/sarif+json", render)
