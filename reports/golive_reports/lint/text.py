"""Findings for a terminal or a log: one line each, by file, then what the files came to.

Without a terminal no line is wrapped, so that ``file:line: status check object: message`` can be
searched and parsed. No string from a record is ever read as markup, and control characters are
removed before it is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from golive.lint_record import (
    LintCheck,
    LintEffect,
    LintFinding,
    LintOutcome,
    LintRecord,
    SuppressionState,
)
from golive.lint_rendering import LintOptions, LintRenderer
from golive.model import Status
from golive_reports.lines import Line, coloured, visible
from golive_reports.lint.table import gate_table
from golive_reports.lint.view import LintView, about, place

if TYPE_CHECKING:
    from rich.console import RenderableType

STYLES = {
    LintEffect.FAILS: "bold red",
    LintEffect.UNDECIDED: "magenta",
    LintEffect.WARNS: "yellow",
    LintEffect.SUPPRESSED: "dim",
    LintEffect.BELOW: "dim",
    LintEffect.NONE: "",
}
OUTCOMES = {
    LintOutcome.FAILED: ("❌", "bold red"),
    LintOutcome.INCONCLUSIVE: ("⚪", "bold magenta"),
    LintOutcome.NOTHING: ("⚪", "bold magenta"),
    LintOutcome.WARNED: ("🟡", "bold yellow"),
    LintOutcome.CLEAN: ("✅", "bold green"),
}
BELOW_FINDING = 4
FEW = 3
"""Checks that are listed by their ids."""


def render(record: LintRecord, options: LintOptions) -> str:
    """The text without colour, one line a finding however long."""
    lines = visible(_lines(LintView(record, options)))
    return "".join("".join(text for text, _ in line.spans) + "\n" for line in lines)


def render_rich(record: LintRecord, options: LintOptions) -> RenderableType:
    """The same text for a Rich console, in colour and wrapped at the console's width."""
    return coloured(visible(_lines(LintView(record, options))))


def render_brief(record: LintRecord, options: LintOptions) -> str:
    """The last line of the text."""
    (line,) = visible([_conclusion(LintView(record, options))])
    return "".join(text for text, _ in line.spans)


def _lines(view: LintView) -> Iterator[Line]:
    for _, group in groupby(view.shown, key=lambda f: f.file):
        yield from _file(view, tuple(group))
        yield Line(())
    for part in (_unread(view), _undecided(view), _suppressions(view)):
        lines = tuple(part)
        if lines:
            yield from lines
            yield Line(())
    yield from gate_table(view)
    yield _totals(view)
    below = sum(f.effect is LintEffect.BELOW for f in view.record.findings)
    if below:
        severity = view.record.severity.value
        yield Line(((view.words.say("lint.below", severity=severity, count=str(below)), ""),))
    yield _conclusion(view)


def _conclusion(view: LintView) -> Line:
    icon, style = OUTCOMES[view.record.outcome]
    return Line(((f"{icon} {view.conclusion()}", style),), 3)


def _file(view: LintView, findings: tuple[LintFinding, ...]) -> Iterator[Line]:
    """The findings of one file; a remedy stands below the first that it is for."""
    told: set[tuple[str, str]] = set()
    for finding in findings:
        said = finding.words(view.options.lang)
        where = f"{place(finding.file, finding.line)}: " if finding.file else ""
        yield Line(
            (
                (where, "bold"),
                (view.status(finding), STYLES[finding.effect]),
                (f" {finding.check} ", "cyan"),
                (about(finding), ""),
                (said.message, ""),
            ),
            BELOW_FINDING,
        )
        beside = finding.suppressed
        if beside is not None:
            text = view.words.say(
                "lint.suppressed",
                line=str(beside.line),
                until=beside.until.isoformat(),
                reason=beside.reason,
            )
            yield _below(text)
        elif said.remedy and (finding.check, said.remedy) not in told:
            told.add((finding.check, said.remedy))
            yield _below(view.words.say("lint.remedy", text=" ".join(said.remedy.split())))


def _below(text: str) -> Line:
    return Line(((f"{' ' * BELOW_FINDING}{text}", "dim"),), BELOW_FINDING + 2)


def _unread(view: LintView) -> Iterator[Line]:
    if view.unreported:
        yield _heading(view.words.say("lint.unread"))
    for error in view.unreported:
        where = place(error.file, error.line)
        yield Line((("  ", ""), (f"{where}: ", "bold"), (view.message(error), "magenta")), 6)
    for gate, detail in view.record.broken.items():
        yield Line(((view.words.say("lint.broken", gate=gate, detail=detail), "bold red"),), 2)


def _undecided(view: LintView) -> Iterator[Line]:
    """Checks that are open for another reason than a finding; those with one reason together."""
    waiting: dict[str, list[LintCheck]] = {}
    others: dict[tuple[Status, str], list[str]] = {}
    for check in view.record.checks:
        if check.effect not in (LintEffect.UNDECIDED, LintEffect.FAILS, LintEffect.WARNS):
            continue
        if check.blocked_by is not None:
            waiting.setdefault(check.blocked_by, []).append(check)
        elif not any(f.effect is check.effect for f in view.by_check.get(check.id, ())):
            others.setdefault((check.status, view.reason(check)), []).append(check.id)
    said = [
        view.words.say("lint.blocking", check=blocking, checks=_briefly(view, checks))
        for blocking, checks in waiting.items()
    ]
    for (status, reason), names in others.items():
        checks = ", ".join(names)
        said.append(view.words.say("lint.check", status=status.value, checks=checks, reason=reason))
    if said:
        yield _heading(view.words.say("lint.undecided"))
    for text in said:
        yield Line((("  ", ""), (text, "")), 6)


def _briefly(view: LintView, checks: list[LintCheck]) -> str:
    """Their ids or, of many, how many of which gate."""
    if len(checks) <= FEW:
        return ", ".join(c.id for c in checks)
    counts = Counter(c.gate for c in checks)
    return ", ".join(
        view.words.say("lint.blocked_count", gate=gate, count=str(count))
        for gate, count in counts.items()
    )


def _suppressions(view: LintView) -> Iterator[Line]:
    found = [s for s in view.record.suppressions if s.state is not SuppressionState.IN_FORCE]
    if found:
        yield _heading(view.words.say("lint.suppressions"))
    for written in found:
        style = "" if written.state is SuppressionState.UNUSED else "yellow"
        where = place(written.file, written.line)
        yield Line((("  ", ""), (f"{where}: ", "bold"), (view.suppression(written), style)), 6)


def _totals(view: LintView) -> Line:
    counts = {k: n for k, n in view.record.totals.files.items() if k != "other"}
    say = view.words.say
    names = [say("lint.totals.kind", kind=kind, count=str(n)) for kind, n in counts.items()]
    other = view.record.totals.files.get("other", 0)
    if other and counts:
        names.append(say("lint.totals.other", count=str(other)))
    objects = f"{view.record.totals.objects:,}"
    text = (
        say("lint.totals.files", files=", ".join(names), objects=objects)
        if counts
        else say("lint.totals.no_files")
    )
    return Line(((text, "dim"),), 2)


def _heading(text: str) -> Line:
    return Line(((text, "bold"),))


RENDERER = LintRenderer("text", ".txt", "text/plain", render, render_rich, render_brief)
