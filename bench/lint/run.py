"""Linters beside each other over the same folders: time, CPU, memory, cost of an object.

Each linter runs as a whole process, its start included, over folders of about 100, 1,000 and
5,000 Kubernetes objects: golive, checkov (in an environment of its own) and, where they are on
PATH, kubeconform, kube-score and kube-linter. What they look for differs: kubeconform validates
schemas only, kube-score and kube-linter look at workloads. All are asked for JSON, and a run
that looked at nothing does not count.

Figures that a busy machine spoils must not fail a build: the exit code is 1 only when golive
gave no figures, 2 when something that the benchmark needs is missing.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a file, as the other benchmarks are

from bench.lint.aims import judged  # noqa: E402 - after the path
from bench.lint.figures import Report  # noqa: E402
from bench.lint.linters import catalogue  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402
from bench.lint.table import text  # noqa: E402
from bench.side_by_side import Benchmark, Say, main, wanted  # noqa: E402


def measure(given: argparse.Namespace, scratch: Path, sizes: list[int], say: Say) -> Report:
    """Every linter that is wanted and can be had."""
    entries = catalogue(
        scratch, Path(given.environment), install=not given.as_is, wanted=wanted(given)
    )
    return measured(entries, scratch, sizes, given.rounds, say)


def options(parser: argparse.ArgumentParser) -> None:
    """Where checkov is."""
    add = parser.add_argument
    add("--environment", default=str(ROOT / ".venv-bench" / "lint"), help="where checkov is")
    add("--as-is", action="store_true", help="install nothing; what is absent is listed")


BENCHMARK = Benchmark(
    name="bench-lint",
    description=__doc__,
    noun="objects",
    peers="linters",
    sizes="100,1000,5000",
    measure=measure,
    text=text,
    aims=lambda report: [{**dataclasses.asdict(a), "met": a.met} for a in judged(report)],
    options=options,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))
