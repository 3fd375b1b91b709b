"""The door for renderers: a pure function ``Run -> str`` with its name and its media type.

Registered under the entry-point group ``golive.reports``; the built-in ones use the same door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.record import Run
from golive.texts import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a rendering may depend on beside the record itself.

    ``complaints``: codes from ``golive.verdict.complaints``; a renderer shows them before
    anything else. ``evidence_dir``: folder of the stored evidence as a reader of the report
    finds it, empty when unknown. ``record_file``: name of the JSON record beside the report,
    empty when none was kept. ``width``: terminal cells of a line, for renderings that wrap.
    """

    lang: str = DEFAULT_LANGUAGE
    complaints: tuple[str, ...] = ()
    evidence_dir: str = ""
    record_file: str = ""
    width: int = 100


@dataclass(frozen=True, slots=True)
class Renderer:
    """One output format. ``render`` performs no I/O and never changes what the record says.

    ``rich``: the same words for a Rich console, for formats that are printed on a terminal.
    """

    name: str
    suffix: str
    media_type: str
    render: Callable[[Run, RenderOptions], str]
    rich: Callable[[Run, RenderOptions], RenderableType] | None = None
    """The same words for a colour terminal, where the format has such a form."""
