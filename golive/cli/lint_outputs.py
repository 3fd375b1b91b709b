"""``-o FORMAT[=FILE]`` of ``golive lint``, and what is printed when."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from golive.cli.formats import loaded, name_and_path
from golive.cli.stdout import put
from golive.discovery import discover_lint_renderers, load_lint_renderer
from golive.errors import UsageError
from golive.lint_record import LintRecord
from golive.lint_rendering import LintOptions, LintRenderer

TEXT = "text"


@dataclass(frozen=True, slots=True)
class LintOutput:
    """One rendering asked for. ``path=None``: stdout."""

    renderer: LintRenderer
    path: Path | None


def lint_outputs(values: Sequence[str] | None) -> tuple[LintOutput, ...]:
    """Resolve ``-o`` values; text on stdout without any. Raises ``UsageError``."""
    outputs = tuple(_parse(value) for value in values or (TEXT,))
    if sum(o.path is None for o in outputs) > 1:
        msg = "two outputs for stdout"
        raise UsageError(msg, "give all but one a file: -o sarif=golive.sarif")
    return outputs


def show(record: LintRecord, outputs: Sequence[LintOutput], lang: str) -> None:
    """Write every output; the text goes to stderr where stdout carries data or nothing."""
    options = LintOptions(lang)
    for output in outputs:
        if output.path is not None:
            # It knows the records of runs too, which a lint has nothing of.
            from golive.cli.outputs import write_file

            write_file(output.path, output.renderer.render(record, options))
        elif output.renderer.rich is not None and _colourful():
            _print(record, output.renderer, options)
        else:
            put(output.renderer.render(record, options))
    if not any(o.renderer.name == TEXT and o.path is None for o in outputs):
        brief = renderer_named(TEXT).brief
        sys.stderr.write(f"{brief(record, options)}\n" if brief is not None else "")


def _colourful() -> bool:
    """Whether Rich should have a say; without a terminal it is not even imported."""
    return sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _print(record: LintRecord, renderer: LintRenderer, options: LintOptions) -> None:
    # Rich is a heavy import that a run without a terminal does not need.
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    if renderer.rich is not None and console.is_terminal:
        console.print(renderer.rich(record, options))
    else:
        put(renderer.render(record, options))


def _parse(value: str) -> LintOutput:
    name, path = name_and_path(value)
    return LintOutput(renderer_named(name), path)


def renderer_named(name: str) -> LintRenderer:
    """The renderer registered as *name*. Raises ``UsageError``."""
    return loaded(name, discover_lint_renderers(), load_lint_renderer)
