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
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a file, as the other benchmarks are

from bench.lint.aims import judged  # noqa: E402 - after the path
from bench.lint.figures import Report, from_json, to_json  # noqa: E402
from bench.lint.linters import catalogue  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402
from bench.lint.table import text  # noqa: E402
from bench.load.processes import Unavailable  # noqa: E402

SIZES = "100,1000,5000"


def run(given: argparse.Namespace) -> Report:
    """Measure, or read what an earlier run found."""
    if given.read:
        return from_json(json.loads(Path(given.read).read_text(encoding="utf-8")))
    sizes = [int(size) for size in given.sizes.split(",")]
    if min(*sizes, given.rounds, sizes[0]) < 1:
        raise ValueError("sizes and rounds must be positive")
    wanted = given.only.split(",") if given.only else []
    with tempfile.TemporaryDirectory(prefix="golive-bench-") as folder:
        scratch = Path(folder)
        entries = catalogue(
            scratch, Path(given.environment), install=not given.as_is, wanted=wanted
        )
        return measured(
            entries,
            scratch,
            sizes,
            given.rounds,
            (lambda line: print(line, file=sys.stderr, flush=True))
            if given.verbose
            else lambda _: None,
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--sizes", default=SIZES, help=f"objects of each folder, with commas ({SIZES})")
    add("--rounds", type=int, default=3, help="timed runs of each linter and folder")
    add("--only", help="linters wanted, with commas")
    add("--environment", default=str(ROOT / ".venv-bench" / "lint"), help="where checkov is")
    add("--as-is", action="store_true", help="install nothing; what is absent is listed")
    add("--read", help="print the report in this JSON file instead of measuring")
    add("-o", "--output", choices=("table", "json"), default="table")
    add("-v", "--verbose", action="store_true", help="say on stderr what is being measured")
    given = parser.parse_args()
    try:
        report = run(given)
    except (Unavailable, OSError, ValueError) as error:
        print(f"bench-lint: {error}", file=sys.stderr)
        return 2
    if given.output == "json":
        aims = [{**dataclasses.asdict(aim), "met": aim.met} for aim in judged(report)]
        print(json.dumps({**to_json(report), "aims": aims}, indent=1, ensure_ascii=False))
    else:
        print(text(report))
    golive = report.linter("golive")
    return 0 if golive is None or golive.figures else 1


if __name__ == "__main__":
    sys.exit(main())
