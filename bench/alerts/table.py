"""The report as text, and the stated aim."""

from __future__ import annotations

from bench.lint.figures import CPU, LARGEST, TOGETHER, WALL, Linter, Report, Size

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
    machine = report.machine
    parts = [
        f"checkers of rules as whole processes, start-up included: {report.rounds} round(s)",
        f"{machine.processor}, {machine.cores} cores, {machine.kernel},",
        f"Python {machine.python}, load average {machine.load_average:.2f}",
    ]
    if machine.load_average > 0.5:
        parts.append("WARNING: other work disturbs the figures, above all wall times")
    for size in report.sizes:
        title = f"{size.objects:,} rules in {size.files:,} files, {size.size / 1e6:.1f} MB"
        parts += ["", title, *_columns(_rows(report, size))]
    seconds, met = aim(report)
    parts += ["", f"about a second for {AIM_RULES:,} rules: {met} ({_number(seconds)} s)", ""]
    parts += [f"{x.name}: {x.missing}" for x in report.linters if x.missing]
    parts += [f"{x.name}, FAILED: {note}" for x in report.linters for note in x.failures]
    parts += [line for x in report.linters for line in _each(x)]
    return "\n".join([*parts, f"took {report.seconds:.0f} s"])


def _each(linter: Linter) -> list[str]:
    line = linter.line(WALL)
    if line is None:
        return []
    return [f"{linter.name}: {line.start * 1e3:,.0f} ms and {line.each * 1e6:,.0f} µs a rule"]


def _rows(report: Report, size: Size) -> list[list[str]]:
    head = ["", "version", "wall s", "golive's", "CPU s", "golive's", "rules/s", "MB", "largest"]
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


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}x"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
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
