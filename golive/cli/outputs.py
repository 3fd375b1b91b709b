"""``-o FORMAT[=PATH]``: which renderings go where, and writing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from golive.cli.formats import loaded, name_and_path
from golive.cli.stdout import put
from golive.discovery import discover_renderers, load_renderer
from golive.errors import UsageError
from golive.evidence import write_atomically
from golive.record import Run
from golive.rendering import Renderer, RenderOptions


@dataclass(frozen=True, slots=True)
class Output:
    """One rendering asked for. ``path=None``: stdout."""

    renderer: Renderer
    path: Path | None


def parse_outputs(values: Sequence[str] | None) -> tuple[Output, ...]:
    """Resolve ``-o`` values. Raises ``UsageError`` for unknown formats or two for stdout."""
    outputs = tuple(_parse(value) for value in values or ())
    if sum(o.path is None for o in outputs) > 1:
        msg = "two outputs for stdout"
        raise UsageError(msg, "give all but one a path: -o markdown=report.md")
    return outputs


def write(run: Run, outputs: Sequence[Output], options: RenderOptions) -> None:
    """Render and write each output. Raises ``UsageError`` when a path cannot be written."""
    for output in outputs:
        text = output.renderer.render(run, options)
        if output.path is None:
            put(text if text.endswith("\n") else text + "\n")
        else:
            write_file(output.path, text)


def write_file(path: Path, text: str) -> None:
    """Write *text* whole or not at all. Raises ``UsageError``."""
    try:
        write_atomically(path, text.encode("utf-8", "replace"))
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}"
        raise UsageError(msg, "choose a path that can be written") from error


def _parse(value: str) -> Output:
    name, path = name_and_path(value)
    return Output(renderer_named(name), path)


def renderer_named(name: str) -> Renderer:
    """The renderer registered as *name*. Raises ``UsageError``."""
    return loaded(name, discover_renderers(), load_renderer)
