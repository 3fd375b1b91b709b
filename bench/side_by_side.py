"""What benchmarks share that time whole programs over folders of growing size.

Their options, their report as text and their exit code: 1 only when golive gave no figures, as
figures that a busy machine spoils must not fail a build, and 2 for what cannot be asked.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.lint.figures import CPU, LARGEST, TOGETHER, WALL, Report, Size, from_json, to_json
from bench.load.processes import Unavailable

ABSENT = "–"
Say = Callable[[str], None]


def _no_more(parser: argparse.ArgumentParser) -> None:
    del parser


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One of them. *noun*: what a folder holds many of; *peers*: what is beside each other.

    *measure*: the options, a scratch folder, the sizes wanted and who is told of progress.
    *options*: adds further ones.
    """

    name: str
    description: str
    noun: str
    peers: str
    sizes: str
    measure: Callable[[argparse.Namespace, Path, list[int], Say], Report]
    text: Callable[[Report], str]
    aims: Callable[[Report], list[dict[str, object]]]
    options: Callable[[argparse.ArgumentParser], None] = _no_more


def main(benchmark: Benchmark) -> int:
    """Measure, or read what an earlier run found, and print it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=benchmark.description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    sizes = f"{benchmark.noun} of each folder, with commas ({benchmark.sizes})"
    add("--sizes", default=benchmark.sizes, help=sizes)
    add("--rounds", type=int, default=3, help="timed runs of each program and folder")
    add("--only", help=f"{benchmark.peers} wanted, with commas")
    add("--read", help="print the report in this JSON file instead of measuring")
    add("-o", "--output", choices=("table", "json"), default="table")
    add("-v", "--verbose", action="store_true", help="say on stderr what is being measured")
    benchmark.options(parser)
    given = parser.parse_args()
    try:
        report = _report(benchmark, given)
    except (Unavailable, OSError, ValueError) as error:
        print(f"{benchmark.name}: {error}", file=sys.stderr)
        return 2
    if given.output == "json":
        data = {**to_json(report), "aims": benchmark.aims(report)}
        print(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        print(benchmark.text(report))
    golive = report.linter("golive")
    return 0 if golive is None or golive.figures else 1


def _report(benchmark: Benchmark, given: argparse.Namespace) -> Report:
    if given.read:
        return from_json(json.loads(Path(given.read).read_text(encoding="utf-8")))
    sizes = [int(size) for size in given.sizes.split(",")]
    if min(*sizes, given.rounds, sizes[0]) < 1:
        raise ValueError("sizes and rounds must be positive")

    def say(line: str) -> None:
        if given.verbose:
            print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="golive-bench-") as folder:
        return benchmark.measure(given, Path(folder), sizes, say)


def wanted(given: argparse.Namespace) -> list[str]:
    """Keys that ``--only`` names."""
    return str(given.only).split(",") if given.only else []


def head(report: Report, title: str) -> list[str]:
    """Title and machine."""
    machine = report.machine
    lines = [
        title,
        f"{machine.processor}, {machine.cores} cores, {machine.kernel},",
        f"Python {machine.python}, load average {machine.load_average:.2f}",
    ]
    if machine.load_average > 0.5:
        lines.append("WARNING: other work disturbs the figures, above all wall times")
    return lines


def tables(report: Report, noun: str) -> list[str]:
    """A table for each size."""
    lines = []
    for size in report.sizes:
        title = f"{size.objects:,} {noun} in {size.files:,} files, {size.size / 1e6:.1f} MB"
        lines += ["", title, *columns(_rows(report, size, noun))]
    return lines


def foot(report: Report) -> list[str]:
    """What is not in the tables, and how long it took."""
    return [
        *(f"{x.name}: {x.missing}" for x in report.linters if x.missing),
        *(f"{x.name}, FAILED: {note}" for x in report.linters for note in x.failures),
    ]


def took(report: Report) -> str:
    """The last line."""
    return f"took {report.seconds:.0f} s"


def _rows(report: Report, size: Size, noun: str) -> list[list[str]]:
    head = ["", "version", "wall s", "golive's", "CPU s", "golive's", f"{noun}/s", "MB", "largest"]
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
                number(wall),
                times(report.ratio(x.key, n, WALL)),
                number(x.median(n, CPU)),
                times(report.ratio(x.key, n, CPU)),
                f"{n / wall:,.0f}",
                number(x.median(n, TOGETHER)),
                number(x.median(n, LARGEST)),
                f"{x.looked_at.get(n, 0):,}",
                f"{x.found.get(n, 0):,}",
            ]
        )
    return rows


def times(value: float | None) -> str:
    """A ratio."""
    return ABSENT if value is None else f"{value:.2f}x"


def number(value: float | None) -> str:
    """A figure with as many digits as mean something."""
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def columns(rows: list[list[str]]) -> list[str]:
    """*rows* below each other: two columns of words, then figures."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
