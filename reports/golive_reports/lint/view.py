"""What the renderings of a lint record share: what stands where, in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from golive.lint_record import (
    LintCheck,
    LintEffect,
    LintError,
    LintFinding,
    LintOutcome,
    LintRecord,
    LintSuppression,
    SuppressionState,
)
from golive.lint_rendering import LintOptions
from golive.model import Status
from golive_reports.words import Words, words

STALE = (SuppressionState.EXPIRED, SuppressionState.MALFORMED)


@dataclass(frozen=True)
class LintView:
    """One record in one language."""

    record: LintRecord
    options: LintOptions

    @cached_property
    def words(self) -> Words:
        """The reports' sentences."""
        return words(self.options.lang)

    @cached_property
    def shown(self) -> tuple[LintFinding, ...]:
        """Findings at or above the severity asked for."""
        return tuple(f for f in self.record.findings if f.effect is not LintEffect.BELOW)

    @cached_property
    def by_check(self) -> Mapping[str, tuple[LintFinding, ...]]:
        """Those findings by their check."""
        found: dict[str, list[LintFinding]] = {}
        for finding in self.shown:
            found.setdefault(finding.check, []).append(finding)
        return {check: tuple(findings) for check, findings in found.items()}

    def of_gate(self, gate: str) -> tuple[LintCheck, ...]:
        """The checks of a gate, in order."""
        return tuple(c for c in self.record.checks if c.gate == gate)

    @cached_property
    def unreported(self) -> tuple[LintError, ...]:
        """What could not be read and no finding says so."""
        return tuple(e for e in self.record.errors if not e.reported)

    def status(self, finding: LintFinding) -> str:
        """The word for a finding's status; an optional check's failure says that it is one."""
        softened = finding.effect is LintEffect.WARNS and finding.status is not Status.WARN
        word = finding.status.value
        return self.words.say("lint.optional", status=word) if softened else word

    def reason(self, check: LintCheck) -> str:
        """Why a check is what it is, and because of which other one."""
        text = check.sentences(self.options.lang).reason
        if check.blocked_by is None:
            return text
        return self.words.say("lint.blocked", reason=text, check=check.blocked_by)

    def message(self, error: LintError) -> str:
        """What could not be read, with its hint."""
        text = error.message
        if error.hint:
            text = self.words.say("lint.hint", message=text, hint=error.hint)
        return self.words.say("lint.error", code=error.code, message=text)

    def suppression(self, written: LintSuppression) -> str:
        """What became of a suppression that covers nothing now."""
        return self.words.say(
            f"lint.suppression.{written.state}",
            problem=written.problem,
            checks=", ".join(written.checks),
            until=written.until,
            covers=str(written.covers),
        )

    def conclusion(self) -> str:
        """One sentence for the whole record."""
        record, say = self.record, self.words.say
        checks = record.checks
        text = say(
            f"lint.outcome.{record.outcome}",
            fails=_count(f.effect is LintEffect.FAILS for f in record.findings),
            checks=_count(c.effect is LintEffect.FAILS for c in checks),
            undecided=_count(c.effect is LintEffect.UNDECIDED for c in checks),
            errors=str(len(record.errors)),
            warns=_count(f.effect is LintEffect.WARNS for f in record.findings),
            stale=_count(s.state in STALE for s in record.suppressions),
            passed=_count(c.status is Status.PASS for c in checks),
            absent=_count(c.status is Status.NOT_APPLICABLE for c in checks),
            suppressed=_count(f.suppressed is not None for f in record.findings),
            total=str(len(checks)),
        )
        return text if record.outcome is not LintOutcome.NOTHING else f"{text}. {self.nothing()}"

    def nothing(self) -> str:
        """Why there was nothing to check."""
        total = sum(self.record.totals.files.values())
        if self.record.files:
            return self.words.say("lint.nothing.no_subject")
        if not total:
            return self.words.say("lint.nothing.empty")
        return self.words.say("lint.nothing.no_files", count=str(total))


def place(file: str, line: int | None) -> str:
    """``file:line``, as far as known."""
    return f"{file}:{line}" if line else file


def named(finding: LintFinding) -> str:
    """The object a finding is about, with its container or what in it the finding is about.

    Its subject where it has no object.
    """
    if finding.object is None:
        return finding.subject
    # An object may hold much that has names of its own, such as alerts.
    inner = "" if finding.object.name in finding.subject else finding.subject
    part = finding.container or inner
    return f"{finding.object}" + (f" [{part}]" if part else "")


def about(finding: LintFinding) -> str:
    """What a finding is about, before its message; nothing where that is the file itself."""
    name = named(finding)
    return "" if name == finding.file else f"{name}: "


def _count(found: Iterable[bool]) -> str:
    return str(sum(found))
