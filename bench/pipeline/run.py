"""Gate 5 beside zizmor alone, over the same workflows: time, CPU, memory.

Each runs as a whole process, its start included, over repositories of 4, 20 and 100 workflows:
the file-based part of golive's gate (which asks zizmor too), the same without zizmor, the whole
gate with its planted keys and gitleaks, and zizmor alone. What they look for differs: zizmor
judges each workflow for known weaknesses, golive follows jobs from the scan to the deployment. A
run that looked at nothing does not count.

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

from bench.lint.figures import WALL, Report  # noqa: E402 - after the path
from bench.lint.rounds import measured  # noqa: E402
from bench.pipeline.checkers import catalogue  # noqa: E402
from bench.pipeline.folder import written  # noqa: E402
from bench.side_by_side import Benchmark, Say, foot, head, main, tables, took, wanted  # noqa: E402


def measure(given: argparse.Namespace, scratch: Path, sizes: list[int], say: Say) -> Report:
    """Every checker that is wanted."""
    entries = catalogue(wanted(given), scratch)
    return measured(entries, scratch, sizes, given.rounds, say, written)


def text(report: Report) -> str:
    """Machine, a table for each size, and what the gate costs beyond zizmor."""
    title = f"gate 5 beside zizmor, whole processes: medians of {report.rounds} round(s)"
    parts = [*head(report, title), *tables(report, "workflows"), "", *foot(report)]
    for x in report.linters:
        line = x.line(WALL)
        if line is not None:
            each = f"{line.start * 1e3:,.0f} ms and {line.each * 1e3:,.1f} ms a workflow"
            parts.append(f"{x.name.strip()}: {each}")
    return "\n".join([*parts, took(report)])


def aims(report: Report) -> list[dict[str, object]]:
    """None is stated: what the gate adds is what zizmor does not look for."""
    del report
    return []


BENCHMARK = Benchmark(
    name="bench-pipeline",
    description=__doc__,
    noun="workflows",
    peers="checkers",
    sizes="4,20,100",
    measure=measure,
    text=text,
    aims=aims,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
