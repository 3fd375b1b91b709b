"""Load clients beside each other: what an event costs, how true its stamp is, what they hold.

From one run on one core: a C epoll client as the reference, golive's engine, and the clients
that its users know, the asyncio ones on asyncio's own loop and on uvloop's (what is compared
with "the best peer" is the better of both). ``python bench/load/run.py --help`` lists the options.

One rule for every client: a stream is open when its response head has come, and it is held when
99 % of the events that it owes in the window were read. Memory a stream, and the row of streams
that are held, are refused with the reason otherwise. A window opens when all streams are open
and settled, and neither opens nor closes while the client is off its core: on a busy machine it
is a little longer, and what is short in it is really missing.

Figures that a busy machine spoils must not fail a build: the exit code is 1 only when golive or
the reference gave no figures, 2 when something that the benchmark needs is missing.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a file, as the other benchmarks are

from bench.load.aims import judged  # noqa: E402 - after the path
from bench.load.catalogue import catalogue  # noqa: E402
from bench.load.figures import QUICK, Options, Report, from_json, to_json  # noqa: E402
from bench.load.machine import this_machine  # noqa: E402
from bench.load.peers import interpreter  # noqa: E402
from bench.load.processes import Unavailable, compiled  # noqa: E402
from bench.load.rounds import measured  # noqa: E402
from bench.load.table import text  # noqa: E402

NEEDED = ("reference", "golive")


def options_of(given: argparse.Namespace) -> Options:
    """The options of the command line on top of those of the kind of run."""
    base = QUICK if given.quick else Options()
    named = {
        name: value
        for name in ("rounds", "seconds", "streams", "held")
        if (value := getattr(given, name)) is not None
    }
    if given.seconds is not None:
        named["flow_seconds"] = given.seconds
    options = dataclasses.replace(base, **named)
    if min(options.rounds, options.seconds, options.streams, options.held) <= 0:
        raise ValueError("rounds, seconds, streams and held must be positive")
    return options


def run(given: argparse.Namespace) -> Report:
    """Measure, or read what an earlier run found."""
    if given.read:
        return from_json(json.loads(Path(given.read).read_text(encoding="utf-8")))
    options = options_of(given)
    programs = compiled()
    machine = this_machine(programs.compiler)
    for line in machine.warnings:
        print(f"WARNING: {line}", file=sys.stderr)
    peers = interpreter(Path(given.peers), install=not given.as_is)
    wanted = given.only.split(",") if given.only else []
    entries = catalogue(programs, peers, wanted)
    unknown = set(wanted) - {entry.client.key for entry in entries}
    if unknown:
        message = f"no such client: {', '.join(sorted(unknown))}"
        raise Unavailable(message)
    return measured(
        entries,
        programs,
        machine,
        options,
        (lambda line: print(line, file=sys.stderr, flush=True))
        if given.verbose
        else lambda _: None,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="one short round, about a minute")
    add("--rounds", type=int, help="rounds; figures are medians over them")
    add("--seconds", type=float, help="one measured window")
    add("--streams", type=int, help="streams held while events are timed")
    add("--held", type=int, help="streams held for the memory of a stream")
    add("--only", help="keys of the clients wanted, with commas")
    add("--peers", default=str(ROOT / ".venv-bench"), help="environment of the Python clients")
    add("--as-is", action="store_true", help="install nothing; what is absent is listed")
    add("--read", help="print the report in this JSON file instead of measuring")
    add("-o", "--output", choices=("table", "json"), default="table")
    add("-v", "--verbose", action="store_true", help="say on stderr what is being measured")
    given = parser.parse_args()
    try:
        report = run(given)
    except (Unavailable, OSError, ValueError) as error:
        print(f"bench-load: {error}", file=sys.stderr)
        return 2
    if given.output == "json":
        aims = [dataclasses.asdict(aim) for aim in judged(report)]
        print(json.dumps({**to_json(report), "aims": aims}, indent=1, ensure_ascii=False))
    else:
        print(text(report))
    wanted = [c for key in NEEDED if (c := report.client(key)) is not None]
    return 0 if all(client.figures for client in wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
