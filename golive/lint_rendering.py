"""The door for renderers of lint records: a pure function with its name and its media type.

Registered under the entry-point group ``golive.lint_reports``; the built-in ones use the same
door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.lint_record import LintRecord
from golive.texts import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What a rendering may depend on beside the record. ``width``: terminal cells of a line."""

    lang: str = DEFAULT_LANGUAGE
    width: int = 100


@dataclass(frozen=True, slots=True)
class LintRenderer:
    """One output format. ``render`` performs no I/O and never changes what the record says.

    ``rich``: the same words for a Rich console, for formats that are printed on a terminal.
    ``brief``: what it all came to on one line, for formats that people read.
    """

    name: str
    suffix: str
    media_type: str
    render: Callable[[LintRecord, LintOptions], str]
    rich: Callable[[LintRecord, LintOptions], RenderableType] | None = None
    brief: Callable[[LintRecord, LintOptions], str] | None = None
