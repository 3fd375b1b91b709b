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
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a file, as the other benchmarks are

from bench.alerts.checkers import catalogue  # noqa: E402 - after the path
from bench.alerts.folder import written  # noqa: E402
from bench.alerts.table import aim, text  # noqa: E402
from bench.lint.figures import Report, from_json, to_json  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402

SIZES = "1000,5000"


def run(given: argparse.Namespace) -> Report:
    """Measure, or read what an earlier run found."""
    if given.read:
        return from_json(json.loads(Path(given.read).read_text(encoding="utf-8")))
    sizes = [int(size) for size in given.sizes.split(",")]
    if min(*sizes, given.rounds, sizes[0]) < 1:
        raise ValueError("sizes and rounds must be positive")

    def say(line: str) -> None:
        if given.verbose:
            print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="golive-bench-") as folder:
        entries = catalogue(given.only.split(",") if given.only else [])
        return measured(entries, Path(folder), sizes, given.rounds, say, written)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--sizes", default=SIZES, help=f"rules of each folder, with commas ({SIZES})")
    add("--rounds", type=int, default=3, help="timed runs of each checker and folder")
    add("--only", help="checkers wanted, with commas")
    add("--read", help="print the report in this JSON file instead of measuring")
    add("-o", "--output", choices=("table", "json"), default="table")
    add("-v", "--verbose", action="store_true", help="say on stderr what is being measured")
    given = parser.parse_args()
    try:
        report = run(given)
    except (OSError, ValueError) as error:
        print(f"bench-alerts: {error}", file=sys.stderr)
        return 2
    if given.output == "json":
        seconds, met = aim(report)
        data = {**to_json(report), "aims": [{"seconds": seconds, "met": met}]}
        print(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        print(text(report))
    golive = report.linter("golive")
    return 0 if golive is None or golive.figures else 1


if __name__ == "__main__":
    sys.exit(main())
