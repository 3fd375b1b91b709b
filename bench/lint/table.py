"""The report as text."""

from __future__ import annotations

from bench.lint.aims import judged
from bench.lint.figures import CPU, LARGEST, TOGETHER, WALL, Linter, Report, Size

ABSENT = "–"


def text(report: Report) -> str:
    """Machine, a table for each size, lines, aims, and whatever is not in them."""
    machine = report.machine
    parts = [
        f"linters as whole processes, start-up included: medians of {report.rounds} round(s)",
        f"{machine.processor}, {machine.cores} cores, {machine.kernel},",
        f"Python {machine.python}, load average {machine.load_average:.2f}",
    ]
    if machine.load_average > 0.5:
        parts.append("WARNING: other work disturbs the figures, above all wall times")
    for size in report.sizes:
        parts += ["", _title(size), *_columns(_rows(report, size))]
    parts += ["", "start + each object x objects", *_columns(_lines(report))]
    aims = [[a.name, a.met, _number(a.figure), f"<= {a.limit:g}x"] for a in judged(report)]
    parts += ["", *_columns([["golive against the", "", "figure", "aim"], *aims]), ""]
    parts += [f"{x.name}: {x.missing}" for x in report.linters if x.missing]
    parts += [f"{x.name}, FAILED: {note}" for x in report.linters for note in x.failures]
    return "\n".join([*parts, f"took {report.seconds:.0f} s"])


def _title(size: Size) -> str:
    return f"{size.objects:,} objects in {size.files:,} files, {size.size / 1e6:.1f} MB"


def _rows(report: Report, size: Size) -> list[list[str]]:
    head = ["", "version", "wall s", "golive's", "CPU s", "golive's", "objects/s", "MB", "largest"]
    rows = [[*head, "looked at", "found"]]
    for x in report.linters:
        n = size.objects
        wall = x.median(n, WALL)
        if wall is None:
            continue
        rows.append(
            [
                x.name,
                x.version,
                _number(wall),
                _times(report.ratio(x.key, n, WALL)),
                _number(x.median(n, CPU)),
                _times(report.ratio(x.key, n, CPU)),
                f"{n / wall:,.0f}",
                _number(x.median(n, TOGETHER)),
                _number(x.median(n, LARGEST)),
                f"{x.looked_at.get(n, 0):,}",
                f"{x.found.get(n, 0):,}",
            ]
        )
    return rows


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
    return _times(line.growth if line else None)


def _times(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.2f}x"


def _number(value: float | None) -> str:
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
