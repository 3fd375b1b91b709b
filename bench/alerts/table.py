"""The report as text, and the stated aim."""

from __future__ import annotations

from bench.lint.figures import WALL, Linter, Report
from bench.side_by_side import foot, head, number, tables, took

AIM_RULES, AIM_S = 1_000, 1.0
"""About a second for about a thousand rules, start-up included."""


def aim(report: Report) -> tuple[float | None, str]:
    """Seconds of golive for the size nearest to the aim's, and whether that meets it."""
    golive = report.linter("golive")
    near = min(report.sizes, key=lambda s: abs(s.objects - AIM_RULES), default=None)
    close = near is not None and abs(near.objects - AIM_RULES) <= AIM_RULES / 10
    if golive is None or near is None or not close:
        return None, "not measured"
    seconds = golive.median(near.objects, WALL)
    if seconds is None:
        return None, "not measured"
    return seconds, "met" if seconds <= AIM_S else "not met"


def text(report: Report) -> str:
    """Machine, a table for each size, the aim, and whatever is not in them."""
    title = f"checkers of rules as whole processes, start-up included: {report.rounds} round(s)"
    seconds, met = aim(report)
    said = f"about a second for {AIM_RULES:,} rules: {met} ({number(seconds)} s)"
    parts = [*head(report, title), *tables(report, "rules"), "", said, "", *foot(report)]
    parts += [line for x in report.linters for line in _each(x)]
    return "\n".join([*parts, took(report)])


def _each(linter: Linter) -> list[str]:
    line = linter.line(WALL)
    if line is None:
        return []
    return [f"{linter.name}: {line.start * 1e3:,.0f} ms and {line.each * 1e6:,.0f} µs a rule"]
