"""Start-up time of ``golive --version`` and ``--help`` beside a bare Typer program.

Both programs are started in the same form: this interpreter runs a two-line launcher such as pip
writes for a console script. Runs are interleaved, so a slow moment of the machine hits both.
Exit code 1 when golive imports a module that it must not need for these two commands.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

COMMANDS = ("check", "plan", "demo", "list", "explain", "report", "schema")
"""golive's own commands; the bare program has as many."""

FORBIDDEN = ("kubernetes", "prometheus_api_client", "jsonschema")
WATCHED = (*FORBIDDEN, "httpx", "yaml", "rich", "golive_gates")
OPTIONS = ("--version", "--help")
AIM = 1.5
"""Ratio to stay below. Printed beside the figure; a busy machine must not fail a build."""

LAUNCHER = """\
import sys
from {module} import {function}
sys.exit({function}())
"""

BARE_HEAD = """\
from typing import Annotated, Optional

import typer

app = typer.Typer(name="bare", help="A program that does nothing.", no_args_is_help=True)


def _version(value: bool) -> None:
    if value:
        typer.echo("bare 0.1.0")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    pass
"""

BARE_COMMAND = """

@app.command("{name}")
def command_{number}(
    config: Annotated[str, typer.Option("-c", "--config", help="A file.")] = "file.yaml",
) -> None:
    "Do nothing, like the other commands."
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to start, by its launcher."""

    name: str
    launcher: Path

    def command(self, option: str, *flags: str) -> list[str]:
        """The command line; *flags* go to the interpreter."""
        return [sys.executable, *flags, str(self.launcher), option]


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall times in seconds, run by run: ``golive[i]`` and ``bare[i]`` ran next to each other."""

    golive: list[float]
    bare: list[float]

    @property
    def ratio(self) -> float:
        """Median of the pairwise ratios, which a drift of the machine's speed leaves alone."""
        return statistics.median(g / b for g, b in zip(self.golive, self.bare, strict=True))


def programs(folder: Path) -> tuple[Program, Program]:
    """Write both launchers into *folder*."""
    commands = [BARE_COMMAND.format(name=n, number=i) for i, n in enumerate(COMMANDS)]
    (folder / "bare_program.py").write_text(BARE_HEAD + "".join(commands), encoding="utf-8")
    found = []
    for name, module, function in (
        ("golive", "golive.cli.main", "run"),
        ("bare Typer", "bare_program", "app"),
    ):
        launcher = folder / name.split()[0]
        launcher.write_text(LAUNCHER.format(module=module, function=function), encoding="utf-8")
        found.append(Program(name, launcher))
    return found[0], found[1]


def timed(program: Program, option: str) -> float:
    """Wall time of one start in seconds. Raises when the program does not exit with 0."""
    command = program.command(option)
    start = time.perf_counter()
    # No timeout here: waiting with one polls in steps of up to 50 ms, which would be measured.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - start


def imported(program: Program, option: str) -> set[str]:
    """Names of all modules that the program imported."""
    done = subprocess.run(
        program.command(option, "-X", "importtime"),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        timeout=60,
    )
    rows = (line.split("|") for line in done.stderr.splitlines())
    return {row[2].strip() for row in rows if len(row) == 3}


# The same for both: no colour probing, no completion, a fixed width.
ENVIRONMENT = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONDONTWRITEBYTECODE": ""}


def measure(golive: Program, bare: Program, option: str, runs: int) -> Timing:
    """Interleaved runs; which of the two comes first alternates."""
    for program in (golive, bare):
        timed(program, option)  # Writes the bytecode caches.
    timing = Timing([], [])
    for turn in range(runs):
        pair = [(golive, timing.golive), (bare, timing.bare)]
        for program, times in pair if turn % 2 else reversed(pair):
            times.append(timed(program, option))
    return timing


def report(golive: Program, bare: Program, runs: int) -> bool:
    """Print the table. Returns whether golive imported nothing that is forbidden."""
    print(f"start-up, wall median of {runs} interleaved runs, Python {sys.version.split()[0]}")
    print(f"{'':<12}{'golive':>10}{'bare Typer':>12}{'ratio':>8}   aim <= {AIM}")
    for option in OPTIONS:
        timing = measure(golive, bare, option, runs)
        mine, other = (1000 * statistics.median(t) for t in (timing.golive, timing.bare))
        word = "met" if timing.ratio <= AIM else "missed"
        print(f"{option:<12}{mine:>7.1f} ms{other:>9.1f} ms{timing.ratio:>7.2f}x   {word}")
    clean = True
    for program in (golive, bare):
        for option in OPTIONS:
            modules = imported(program, option)
            seen = [name for name in WATCHED if name in modules]
            print(
                f"{program.name} {option} imports {len(modules)} modules,"
                f" of those watched: {', '.join(seen) or 'none'}"
            )
            if program is golive and set(seen) & set(FORBIDDEN):
                print(f"FORBIDDEN: {', '.join(sorted(set(seen) & set(FORBIDDEN)))}")
                clean = False
    return clean


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="runs of each program and option")
    runs = parser.parse_args().runs
    if runs < 1:
        parser.error("--runs must be at least 1")
    with tempfile.TemporaryDirectory(prefix="golive-bench-") as scratch:
        return 0 if report(*programs(Path(scratch)), runs) else 1


if __name__ == "__main__":
    sys.exit(main())
