"""Checks as JUnit XML: a suite for each gate, a case for each check.

A check that was not decided is an error, and one that had no subject is skipped: neither looks
like a pass. A failure whose findings are all suppressed, or whose
severity is below the one asked for, is skipped with that as its message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from golive.lint_record import LintCheck, LintEffect, LintOutcome, LintRecord
from golive.lint_rendering import LintOptions, LintRenderer
from golive.model import Status
from golive_reports.lint.view import LintView, about, place
from golive_reports.lint.writing import legal

TAGS = {
    LintEffect.FAILS: "failure",
    LintEffect.UNDECIDED: "error",
    LintEffect.SUPPRESSED: "skipped",
    LintEffect.BELOW: "skipped",
}


def render(record: LintRecord, options: LintOptions) -> str:
    """One ``testsuites`` element."""
    view = LintView(record, options)
    root = Element("testsuites", name="golive lint")
    for gate in record.gates:
        checks = view.of_gate(gate.id)
        if checks:
            suite = _suite(root, gate.id)
            for check in checks:
                _case(view, suite, check)
    _outside(view, root)
    for suite in root:
        _count(suite, list(suite.iter("testcase")))
    _count(root, list(root.iter("testcase")))
    indent(root, " ")
    text: str = tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(root: Element, name: str) -> Element:
    return SubElement(root, "testsuite", name=legal(name))


def _case(view: LintView, suite: Element, check: LintCheck) -> None:
    case = SubElement(suite, "testcase", classname=legal(f"golive.{check.gate}"), name=check.id)
    lines = tuple(_lines(view, check))
    tag = TAGS.get(check.effect)
    if check.status is Status.NOT_APPLICABLE:
        _element(case, "skipped", view.reason(check), ())
    elif tag is not None:
        _element(case, tag, _message(view, check), lines, check.status.value)
    if lines and tag is None:
        # Warnings, and findings that an optional check fails on: said, and not counted.
        SubElement(case, "system-out").text = legal("\n".join((view.reason(check), *lines)))
    elif tag is None and check.effect is LintEffect.WARNS:
        SubElement(case, "system-out").text = legal(view.reason(check))


def _message(view: LintView, check: LintCheck) -> str:
    if check.effect is LintEffect.BELOW:
        return view.words.say(
            "lint.junit.below",
            severity=check.severity.value,
            threshold=view.record.severity.value,
        )
    if check.effect is LintEffect.SUPPRESSED:
        beside = [f.suppressed for f in view.by_check.get(check.id, ()) if f.suppressed]
        first = min(beside, key=lambda s: s.until)
        return view.words.say(
            "lint.junit.accepted", until=first.until.isoformat(), reason=first.reason
        )
    return view.reason(check)


def _lines(view: LintView, check: LintCheck) -> Iterable[str]:
    for finding in view.by_check.get(check.id, ()):
        said = finding.words(view.options.lang)
        where = f"{place(finding.file, finding.line)}: " if finding.file else ""
        yield f"{where}{view.status(finding)} {about(finding)}{said.message}"
        beside = finding.suppressed
        if beside is not None:
            yield "    " + view.words.say(
                "lint.suppressed",
                line=str(beside.line),
                until=beside.until.isoformat(),
                reason=beside.reason,
            )
        elif said.remedy:
            yield "    " + view.words.say("lint.remedy", text=" ".join(said.remedy.split()))


def _outside(view: LintView, root: Element) -> None:
    """What no check speaks for: unread files, broken gates, and that there was nothing."""
    record = view.record
    nothing = record.outcome is LintOutcome.NOTHING
    if not (view.unreported or record.broken or nothing):
        return
    suite = _suite(root, view.words.say("lint.junit.files"))
    for error in view.unreported:
        name = legal(place(error.file, error.line))
        case = SubElement(suite, "testcase", classname="golive.files", name=name)
        _element(case, "error", view.message(error), (), error.code)
    for gate, detail in record.broken.items():
        case = SubElement(suite, "testcase", classname="golive.gates", name=legal(gate))
        text = view.words.say("lint.broken", gate=gate, detail=detail)
        _element(case, "error", text, (), "broken")
    if nothing:
        case = SubElement(suite, "testcase", classname="golive", name="nothing-to-check")
        _element(case, "error", view.conclusion(), (), record.outcome.value)


def _element(case: Element, tag: str, message: str, lines: Sequence[str], kind: str = "") -> None:
    found = SubElement(case, tag, message=legal(message))
    if kind and tag != "skipped":
        found.set("type", legal(kind))
    if lines:
        found.text = legal("\n".join(lines))


def _count(holder: Element, cases: Sequence[Element]) -> None:
    holder.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        holder.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


RENDERER = LintRenderer("junit", ".xml", "application/xml", render)
