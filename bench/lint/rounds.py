"""Every linter over every folder, in turns."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.lint.figures import CPU, LARGEST, TOGETHER, WALL, Linter, Machine, Report, Size
from bench.lint.folder import Folder, written
from bench.lint.linters import Entry
from bench.lint.processes import Ran, ran

Say = Callable[[str], None]


def measured(
    entries: Sequence[Entry],
    scratch: Path,
    sizes: Sequence[int],
    rounds: int,
    say: Say,
    write: Callable[[Path, int], Folder] = written,
) -> Report:
    """Medians want several *rounds*: linters take turns, so that a slow moment hits all.

    *write*: makes a folder of about so many objects.
    """
    start = time.monotonic()
    report = Report(this_machine(), rounds, [], [entry.linter for entry in entries])
    for wanted in sorted(sizes):
        made = write(scratch / f"objects-{wanted}", wanted)
        report.sizes.append(Size(wanted, made.objects, made.files, made.size))
        if len(report.sizes) == 1:
            # Fills caches, and is thrown away.
            _turn(entries, made, scratch, say, _nothing)
        for turn in range(rounds):
            order = entries if turn % 2 else tuple(reversed(entries))
            _turn(order, made, scratch, say, _timed)
    _turn(entries, made, scratch, say, _remembered, sampled=True)
    report.seconds = time.monotonic() - start
    return report


Keep = Callable[[Linter, int, Ran], None]


def _nothing(linter: Linter, objects: int, run: Ran) -> None:
    del linter, objects, run


def _timed(linter: Linter, objects: int, run: Ran) -> None:
    linter.add(objects, {WALL: run.wall_s, CPU: run.cpu_s, LARGEST: run.largest_mb})


def _remembered(linter: Linter, objects: int, run: Ran) -> None:
    linter.add(objects, {TOGETHER: run.together_mb or 0.0})


def _turn(
    entries: Sequence[Entry],
    made: Folder,
    scratch: Path,
    say: Say,
    keep: Keep,
    *,
    sampled: bool = False,
) -> None:
    for entry in entries:
        linter = entry.linter
        if linter.missing or linter.failures:
            continue
        say(f"{linter.name}: {made.objects:,} objects{', for memory' if sampled else ''}")
        try:
            run = _one(entry, made, scratch, sampled=sampled)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            linter.failures.append(f"{made.objects:,} objects: {type(error).__name__}: {error}")
        else:
            keep(linter, made.objects, run)


def _one(entry: Entry, made: Folder, scratch: Path, *, sampled: bool) -> Ran:
    """One run. Raises ``ValueError`` when it did not do what it was to do."""
    if entry.command is None or entry.counts is None:
        raise ValueError("it cannot be started")
    output = scratch / f"{entry.linter.key}.out"
    run = ran(entry.command(made.path), output, entry.environment, sampled=sampled)
    if run.code not in entry.codes:
        complaint = output.with_suffix(".err").read_text("utf-8", "replace").strip()
        message = f"exit code {run.code}: {complaint[-300:]}"
        raise ValueError(message)
    looked_at, found = entry.counts(output.read_text("utf-8"))
    if not looked_at:
        raise ValueError("looked at nothing, which is the quickest way to be quick")
    entry.linter.looked_at[made.objects], entry.linter.found[made.objects] = looked_at, found
    return run


def this_machine() -> Machine:
    """The machine, now."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8", "replace").splitlines() if info.is_file() else []
    names = (x.partition(":")[2].strip() for x in lines if x.startswith("model name"))
    return Machine(
        next(names, platform.machine()),
        len(os.sched_getaffinity(0)),
        f"{platform.system()} {platform.release()}",
        platform.python_version(),
        os.getloadavg()[0],
    )
