"""SLO table and infrastructure."""

from __future__ import annotations

from golive.inspecting import VIOLATIONS
from golive.model import EvidenceLevel, Status
from golive.record import CheckRecord
from golive_reports.markdown.escape import Md, code, escape, table
from golive_reports.markdown.header import targets
from golive_reports.markdown.page import BLANK, Lines, bullet, claim_line, heading, say
from golive_reports.view import View

COLUMNS = ("item", "target", "value", "bound", "sample", "ratio", "state", "check")


def section(view: View) -> Lines:
    """Every measured figure in one table, then the state of the infrastructure."""
    lines = heading(2, say(view, "metrics.heading"))
    lines += heading(3, say(view, "metrics.slo"))[1:]
    checks = [c for c in view.run.checks() if _belongs(view, c)]
    if checks:
        confidence = _confidence(view, checks)
        head = tuple(_heading(view, name, confidence) for name in COLUMNS)
        lines += table(head, (_row(view, check, confidence) for check in checks))
        lines += [BLANK, say(view, "metrics.legend")]
    else:
        lines.append(say(view, "metrics.none"))
    lines += heading(3, say(view, "infrastructure.heading"))
    claims = view.run.config.infrastructure
    items = [bullet(claim_line(view, claim)) for claim in claims] + targets(view)
    lines += items or [say(view, "infrastructure.none")]
    return lines


def _belongs(view: View, check: CheckRecord) -> bool:
    # An SLO that should have a figure and has none gets its row too: an absent row reads as no
    # trouble. Checks of other gates answer yes or no and have their place above, those too that
    # counted what is wrong in files: a hundred rows of "none" bury the objectives.
    if check.measurement is not None:
        return check.measurement.name != VIOLATIONS
    wanted = check.id.startswith("slo.") and check.needs is EvidenceLevel.MEASURED
    return wanted and view.status(check) in (Status.INCONCLUSIVE, Status.ERROR)


def _confidence(view: View, checks: list[CheckRecord]) -> str:
    """The confidence of every bound in the table; empty where they differ or do not say."""
    bounded = [c.measurement for c in checks if c.measurement and c.measurement.bound is not None]
    found = {view.figures.confidence(m) for m in bounded}
    return found.pop() if len(found) == 1 else ""


def _heading(view: View, name: str, confidence: str) -> Md:
    if name == "bound" and confidence:
        return say(view, "metrics.bound_at", confidence=escape(confidence))
    return say(view, f"metrics.{name}")


def _row(view: View, check: CheckRecord, confidence: str) -> tuple[Md, ...]:
    title = escape(check.sentences(view.lang).title)
    state = Md(f"{view.icon(check)} {view.status_word(check)}")
    m = check.measurement
    if m is None:
        dash = Md("–")
        missing = say(view, "metrics.unmeasured")
        return (title, dash, missing, dash, dash, dash, state, code(check.id))
    figures = view.figures
    return (
        title,
        escape(figures.target(m)),
        escape(figures.value(m)),
        escape(figures.bound(m, confidence=not confidence)),
        escape(figures.sample(m)),
        escape(figures.against_target(m)),
        state,
        code(check.id),
    )
