"""The last word: counts, and the decision they carry. Nothing here is an adjective."""

from __future__ import annotations

from golive.model import Status
from golive.record import Execution
from golive.verdict import GateLabel
from golive_reports.markdown.escape import Md, escape, join
from golive_reports.markdown.page import BLANK, Lines, bullet, say
from golive_reports.view import View


def section(view: View) -> Lines:
    """Conclusion and the results it rests on."""
    required = [g for g in view.gates if g.required]
    done = [g for g in required if view.label(g) is GateLabel.DONE]
    checks = [c for g in required for c in g.checks if c.required]
    passed = [c for c in checks if view.status(c) is Status.PASS]
    absent = sum(len(view.missing(g)) for g in required)
    outside = [g for g in view.gates if g.execution is Execution.NOT_IN_PROFILE]
    lines = [
        BLANK,
        Md("---"),
        BLANK,
        say(
            view,
            "conclusion.text",
            name=escape(view.name),
            gates=Md(str(len(required))),
            done=Md(str(len(done))),
            checks=Md(str(len(checks) + absent)),
            passed=Md(str(len(passed))),
            decision=Md(f"{view.decision_icon} **{escape(view.decision)}**"),
        ),
        BLANK,
        say(view, "conclusion.results"),
        BLANK,
    ]
    for label in GateLabel:
        named = [g for g in required if view.label(g) is label]
        if named:
            lines.append(
                bullet(
                    say(
                        view,
                        "conclusion.gates",
                        label=say(view, f"label.{label}"),
                        count=Md(str(len(named))),
                        names=join(", ", (escape(view.gate_name(g)) for g in named)),
                    )
                )
            )
    if outside:
        names = join(", ", (escape(view.gate_name(g)) for g in outside))
        lines.append(
            bullet(say(view, "conclusion.outside", count=Md(str(len(outside))), names=names))
        )
    lines += [
        BLANK,
        say(view, "conclusion.written", moment=escape(view.moment(view.run.finished))),
    ]
    return lines
