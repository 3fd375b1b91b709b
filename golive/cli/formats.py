"""Output formats by name, for the renderers of runs and of lint alike."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from golive.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

R = TypeVar("R")


def name_and_path(value: str) -> tuple[str, Path | None]:
    """The parts of ``-o NAME[=PATH]``. Raises ``UsageError``."""
    name, _, path = value.partition("=")
    if "=" in value and not path:
        msg = f"-o {value}: the path is empty"
        raise UsageError(msg, f"write -o {name}=FILE, or -o {name} for stdout")
    return name, Path(path) if path else None


def loaded(name: str, points: Mapping[str, EntryPoint], load: Callable[[EntryPoint], R]) -> R:
    """The renderer registered as *name* among *points*. Raises ``UsageError``."""
    if name not in points:
        near = difflib.get_close_matches(name, points, 1)
        hint = f"did you mean {near[0]}?" if near else f"known formats: {', '.join(points)}"
        msg = f"unknown output format {name!r:.60}"
        raise UsageError(msg, hint)
    try:
        return load(points[name])
    except Exception as error:
        msg = f"output format {name!r} cannot be loaded: {type(error).__name__}: {error}"
        raise UsageError(msg, "reinstall the package that registers it") from error
