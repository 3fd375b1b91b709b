"""``golive backup`` beside ``sqlite3 .backup`` and ``PRAGMA integrity_check``: time, CPU, memory.

Each runs as a whole process, its start included, over one live database of each size (in MB; give
--sizes 5000 for the class of a production database, which takes four times as much on the disk).
``create`` does what sqlite3 does and describes every table by a digest; ``verify`` is the whole
restore drill: fetch, restore, integrity, foreign keys, digests, the live database beside it, and
six damaged copies that have to be caught. Memory is that of the largest process, and has to stay
the same however big the database is.

Figures that a busy machine spoils must not fail a build: the exit code is 1 only when golive
gave no figures, 2 for what it cannot be asked.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a file, as the other benchmarks are

from bench.lint.figures import LARGEST, WALL, Report  # noqa: E402 - after the path
from bench.lint.rounds import measured  # noqa: E402
from bench.recovery.folder import written  # noqa: E402
from bench.recovery.peers import catalogue  # noqa: E402
from bench.side_by_side import Benchmark, Say, foot, head, main, tables, took, wanted  # noqa: E402

FLAT = 1.25
"""By how much the memory of the largest database may be above that of the smallest."""


def measure(given: argparse.Namespace, scratch: Path, sizes: list[int], say: Say) -> Report:
    """Every program that is wanted."""
    entries = catalogue(wanted(given), scratch)
    return measured(entries, scratch, sizes, given.rounds, say, written)


def text(report: Report) -> str:
    """Machine, a table for each size, and how time and memory grow."""
    title = f"golive backup beside sqlite3, whole processes: medians of {report.rounds} round(s)"
    parts = [*head(report, title), *tables(report, "MB"), "", *foot(report)]
    for x in report.linters:
        line, memory = x.line(WALL), grown(report, x.key)
        if line is not None and memory is not None:
            each = f"{line.start:,.2f} s and {line.each * 1e3:,.1f} s a GB"
            parts.append(f"{x.name}: {each}; memory {memory[0]:,.0f} to {memory[1]:,.0f} MB")
    return "\n".join([*parts, took(report)])


def grown(report: Report, key: str) -> tuple[float, float] | None:
    """MB of the largest process over the smallest and over the largest database."""
    linter = report.linter(key)
    sizes = [size.objects for size in report.sizes]
    if linter is None or len(sizes) < 2:
        return None
    small, large = linter.median(min(sizes), LARGEST), linter.median(max(sizes), LARGEST)
    return None if small is None or large is None else (small, large)


def aims(report: Report) -> list[dict[str, object]]:
    """Memory that does not grow with the database."""
    found: list[dict[str, object]] = []
    for key in ("golive", "golive-verify"):
        memory = grown(report, key)
        if memory is not None:
            ratio = memory[1] / memory[0]
            found.append({"aim": f"flat memory, {key}", "ratio": ratio, "met": ratio <= FLAT})
    return found


BENCHMARK = Benchmark(
    name="bench-recovery",
    description=__doc__,
    noun="MB",
    peers="programs",
    sizes="10,50,200",
    measure=measure,
    text=text,
    aims=aims,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
