"""The report as text."""

from __future__ import annotations

from bench.lint.aims import judged
from bench.lint.figures import CPU, WALL, Linter, Report
from bench.side_by_side import ABSENT, columns, foot, head, number, tables, times, took


def text(report: Report) -> str:
    """Machine, a table for each size, lines, aims, and whatever is not in them."""
    title = f"linters as whole processes, start-up included: medians of {report.rounds} round(s)"
    parts = [*head(report, title), *tables(report, "objects")]
    parts += ["", "start + each object x objects", *columns(_lines(report))]
    aims = [[a.name, a.met, number(a.figure), f"<= {a.limit:g}x"] for a in judged(report)]
    parts += ["", *columns([["golive against the", "", "figure", "aim"], *aims]), ""]
    return "\n".join([*parts, *foot(report), took(report)])


def _lines(report: Report) -> list[list[str]]:
    return [
        ["", "", "wall ms", "an object", "CPU ms", "an object", "growth"],
        *(
            [x.name, "", *_line(x, WALL), *_line(x, CPU), _growth(x)]
            for x in report.linters
            if x.figures
        ),
    ]


def _line(linter: Linter, name: str) -> tuple[str, str]:
    line = linter.line(name)
    if line is None:
        return ABSENT, ABSENT
    return f"{line.start * 1e3:,.0f}", f"{line.each * 1e6:,.0f} µs"


def _growth(linter: Linter) -> str:
    line = linter.line(CPU)
    return times(line.growth if line else None)
