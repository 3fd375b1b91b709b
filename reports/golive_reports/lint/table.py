"""How many checks of each gate passed, as a table of fixed columns."""

from __future__ import annotations

from collections.abc import Iterator

from golive.lint_record import LintCheck, LintEffect
from golive.model import Status
from golive_reports.lines import Line, cells
from golive_reports.lint.view import LintView

COLUMNS = (
    "checks",
    "passed",
    "warned",
    "failed",
    "undecided",
    "not_applicable",
    "findings",
    "suppressed",
)
STYLES = {"passed": "green", "warned": "yellow", "failed": "bold red", "undecided": "magenta"}
STATUSES = {
    "passed": (Status.PASS,),
    "warned": (Status.WARN,),
    "failed": (Status.FAIL,),
    "undecided": (Status.INCONCLUSIVE, Status.ERROR),
    "not_applicable": (Status.NOT_APPLICABLE,),
}


def gate_table(view: LintView) -> Iterator[Line]:
    """One row a gate. Checks count by their judge's status; listed and suppressed findings."""
    heads = {c: view.words.say(f"lint.column.{c}") for c in ("gate", *COLUMNS)}
    gates = [g.id for g in view.record.gates if view.of_gate(g.id)]
    rows = [(gate, _counts(view, view.of_gate(gate))) for gate in gates]
    if not rows:
        return
    first = max((cells(heads["gate"]), *(len(name) for name, _ in rows)))
    widths = {
        c: max(cells(heads[c]), *(len(str(counts[c])) for _, counts in rows), 1) for c in COLUMNS
    }
    spans = [(_left(heads["gate"], first), "bold")]
    spans += [("  " + _right(heads[c], widths[c]), "bold") for c in COLUMNS]
    yield Line(tuple(spans))
    for name, counts in rows:
        spans = [(_left(name, first), "")]
        for column in COLUMNS:
            style = STYLES.get(column, "") if counts[column] else "dim"
            spans.append(("  " + _right(str(counts[column]), widths[column]), style))
        yield Line(tuple(spans))


def _counts(view: LintView, checks: tuple[LintCheck, ...]) -> dict[str, int]:
    found = {c: sum(k.status in STATUSES[c] for k in checks) for c in STATUSES}
    ids = {c.id for c in checks}
    listed = [f for f in view.shown if f.check in ids]
    suppressed = sum(f.effect is LintEffect.SUPPRESSED for f in listed)
    return {
        "checks": len(checks),
        **found,
        "findings": len(listed) - suppressed,
        "suppressed": suppressed,
    }


def _left(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def _right(text: str, width: int) -> str:
    return " " * (width - cells(text)) + text
