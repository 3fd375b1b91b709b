"""The summary at the end of a run, in colour where the terminal wants it."""

from __future__ import annotations

import sys

from golive.cli.outputs import renderer_named
from golive.cli.stdout import put
from golive.record import Run
from golive.rendering import RenderOptions


def print_summary(run: Run, options: RenderOptions, *, to_stdout: bool) -> None:
    """Print the renderer ``terminal``; to stderr when stdout carries data."""
    from rich.console import Console

    console = Console(file=sys.stdout if to_stdout else sys.stderr, highlight=False, soft_wrap=True)
    renderer = renderer_named("terminal")
    if renderer.rich is not None and console.is_terminal:
        console.print(renderer.rich(run, options))
    else:
        tell(renderer.render(run, options).rstrip("\n"), to_stdout=to_stdout)


def tell(line: str, *, to_stdout: bool) -> None:
    """One more line below the summary."""
    if to_stdout:
        put(f"{line}\n")
    else:
        sys.stderr.write(f"{line}\n")
