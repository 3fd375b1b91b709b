"""Checkers of alerting rules beside each other over the same files: time, CPU, memory.

Each runs as a whole process, its start included, over about 1,000 and 5,000 rules: golive,
promtool and pint, the latter two where they are on PATH. What they look for differs: promtool
says whether Prometheus would load the rules, pint and golive also what the rules would do. A run
that looked at nothing does not count.

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

from bench.alerts.checkers import catalogue  # noqa: E402 - after the path
from bench.alerts.folder import written  # noqa: E402
from bench.alerts.table import aim, text  # noqa: E402
from bench.lint.figures import Report  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402
from bench.side_by_side import Benchmark, Say, main, wanted  # noqa: E402


def measure(given: argparse.Namespace, scratch: Path, sizes: list[int], say: Say) -> Report:
    """Every checker that is wanted."""
    return measured(catalogue(wanted(given)), scratch, sizes, given.rounds, say, written)


def aims(report: Report) -> list[dict[str, object]]:
    """The one aim."""
    seconds, met = aim(report)
    return [{"seconds": seconds, "met": met}]


BENCHMARK = Benchmark(
    name="bench-alerts",
    description=__doc__,
    noun="rules",
    peers="checkers",
    sizes="1000,5000",
    measure=measure,
    text=text,
    aims=aims,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
