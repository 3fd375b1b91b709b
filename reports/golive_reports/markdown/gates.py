"""Gate by gate, check by check: what was claimed, what was seen, what follows."""

from __future__ import annotations

from itertools import groupby

from golive.inspecting import VIOLATIONS
from golive.model import EvidenceLevel, EvidenceRef, Measurement, Status
from golive.record import CheckRecord, FindingRecord, GateRecord
from golive.rounding import Toward
from golive.verdict import GateLabel, in_force
from golive_reports.markdown.escape import Md, code, escape, join
from golive_reports.markdown.page import BLANK, Lines, bullet, heading, say
from golive_reports.view import LABEL_ICONS, View

MAX_FINDINGS = 20
"""Findings printed of one check; the record holds all of them."""
MAX_FACTS = 20
"""Further figures printed of one check; the record holds all of them."""


def section(view: View) -> Lines:
    """Every gate in order, those outside the profile included."""
    lines = heading(2, say(view, "gates.heading"))
    if not view.gates:
        lines.append(say(view, "gates.none"))
    for gate in view.gates:
        lines += _gate(view, gate)
    while lines[-1] == BLANK:
        lines.pop()
    return lines


def _gate(view: View, gate: GateRecord) -> Lines:
    label = view.label(gate)
    text = say(
        view,
        "gates.gate",
        icon=Md(LABEL_ICONS[label]),
        name=escape(view.gate_name(gate)),
        label=Md(view.label_word(gate)),
    )
    lines = heading(3, text)[1:]
    why = view.why_unverified(gate)
    if why:
        lines.append(bullet(say(view, "gates.unverified", why=escape(why))))
    if label is GateLabel.DESIGNED:
        lines.append(bullet(say(view, "gates.designed")))
    lines += _checks(view, gate)
    lines += [
        bullet(say(view, "gates.missing", id=code(check_id))) for check_id in view.missing(gate)
    ]
    lines.append(BLANK)
    return lines


def _checks(view: View, gate: GateRecord) -> Lines:
    """Every check; a row of clean file-based ones shares one line of evidence."""
    lines: Lines = []
    for clean, row in groupby(gate.checks, key=lambda c: _clean(view, c)):
        checks = tuple(row)
        if not clean or len(checks) == 1:
            for check in checks:
                lines += _check(view, check)
            continue
        for check in checks:
            lines.append(_line(view, check))
            lines += [bullet(text, 1) for text in _facts(view, check)]
        refs = dict.fromkeys(ref for check in checks for ref in check.evidence)
        text = say(
            view,
            "check.shared_evidence",
            count=Md(f"{len(checks):,}"),
            level=Md(view.level_word(EvidenceLevel.STATIC)),
            list=join(", ", (_reference(ref) for ref in refs)),
        )
        lines.append(bullet(text))
    return lines


def _clean(view: View, check: CheckRecord) -> bool:
    """Whether a check's own sentence says it all: files, and nothing wrong in them."""
    counted = check.measurement
    return (
        view.status(check) is Status.PASS
        and check.evidence_level is EvidenceLevel.STATIC
        and bool(check.evidence)
        and counted is not None
        and (counted.name, counted.value, counted.threshold) == (VIOLATIONS, 0, 0)
        and check.waiver is None
    )


def _line(view: View, check: CheckRecord) -> Md:
    return bullet(
        say(
            view,
            "check.line" if check.required else "check.optional_line",
            icon=Md(view.icon(check)),
            title=escape(check.sentences(view.lang).title),
            id=code(check.id),
            status=Md(view.status_word(check)),
            reason=escape(view.reason(check)),
        )
    )


def _facts(view: View, check: CheckRecord) -> list[Md]:
    details = []
    if check.facts:
        facts = join(" · ", (escape(view.fact(fact)) for fact in check.facts[:MAX_FACTS]))
        details.append(say(view, "check.facts", facts=facts))
    if len(check.facts) > MAX_FACTS:
        rest = f"{len(check.facts) - MAX_FACTS:,}"
        details.append(say(view, "check.more_facts", count=Md(rest)))
    return details


def _check(view: View, check: CheckRecord) -> Lines:
    lines = [_line(view, check)]
    details = []
    if check.measurement is not None:
        details.append(measured(view, check.measurement, view.status(check)))
    if check.waiver is not None:
        details.append(_waiver(view, check))
    if check.blocked_by:
        details.append(say(view, "check.blocked", id=code(check.blocked_by)))
    details += [_finding(view, finding) for finding in check.findings[:MAX_FINDINGS]]
    if len(check.findings) > MAX_FINDINGS:
        rest = f"{len(check.findings) - MAX_FINDINGS:,}"
        details.append(say(view, "check.more_findings", count=Md(rest)))
    details += _facts(view, check)
    details.append(_evidence(view, check))
    lines += [bullet(text, 1) for text in details]
    return lines


def measured(view: View, m: Measurement, status: Status) -> Md:
    """The figures of one measurement: target, value, bound, sample, what is still needed."""
    figures = view.figures
    parts = [
        say(view, "measure.target", value=escape(figures.target(m))),
        say(view, "measure.value", value=escape(figures.value(m))),
    ]
    if m.bound is not None:
        value = escape(figures.bound(m, confidence=False))
        confidence = escape(figures.confidence(m))
        parts.append(
            say(view, "measure.bound", confidence=confidence, value=value)
            if confidence
            else say(view, "measure.plain_bound", value=value)
        )
    opposite = figures.opposite(m)
    if status is Status.FAIL and opposite is not None:
        parts.append(say(view, "measure.opposite", value=escape(opposite)))
    parts.append(escape(figures.sample(m)))
    if m.n_effective is not None:
        effective = figures.quantity(m.n_effective, "", Toward.DOWN)
        parts.append(say(view, "measure.effective", value=escape(effective)))
    # More samples help an open question only; a refuted claim needs a better service.
    if m.n_needed and status is Status.INCONCLUSIVE:
        parts.append(say(view, "measure.needed", needed=Md(f"{m.n_needed:,}")))
    return join(" · ", parts)


def _waiver(view: View, check: CheckRecord) -> Md:
    waiver = check.waiver
    if waiver is None:
        return Md("")
    return say(
        view,
        "check.waiver" if in_force(waiver, view.today) else "check.waiver_expired",
        by=escape(waiver.by),
        until=Md(waiver.until.isoformat()),
        reason=escape(waiver.reason),
    )


def _finding(view: View, finding: FindingRecord) -> Md:
    message = finding.localized.get(view.lang, finding.message)
    text = say(
        view,
        "check.finding",
        subject=code(finding.subject),
        message=escape(message),
    )
    where = finding.location
    if where is None:
        return text
    place = where.path + "".join(f":{n}" for n in (where.line, where.column) if n is not None)
    return say(view, "check.finding_at", finding=text, place=code(place))


def _evidence(view: View, check: CheckRecord) -> Md:
    level = Md(view.level_word(check.evidence_level))
    if not check.evidence:
        return say(view, "check.evidence_level", level=level)
    return say(
        view,
        "check.evidence",
        level=level,
        list=join(", ", (_reference(ref) for ref in check.evidence)),
    )


def _reference(ref: EvidenceRef) -> Md:
    return Md(f"{code(ref.name)} (sha256 {code(ref.sha256[:12])})")
