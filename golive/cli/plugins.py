"""Commands that gates bring along, through the entry points ``golive.commands``.

Each is loaded when it is called, so that neither help nor any other command waits for it, or
falls with it.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from golive.errors import GoliveError, describe

# Where Typer takes click's classes from changes from release to release, so they are not named.
Context = Any
Command = Any


class BrokenCommand(GoliveError):
    """A command that an installed package brings cannot be loaded."""

    exit_code = 4


class PluginGroup(TyperGroup):
    """The commands of golive, and after them those of installed packages."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Names in the order of the help. A name of golive's own is never another's."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in _points() if name not in own)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command called *cmd_name*; one of a package is only loaded when it runs."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        points = _points().get(cmd_name)
        return None if points is None else _Deferred(cmd_name, points)


class _Deferred(TyperCommand):
    """A command of another package, not loaded yet."""

    def __init__(self, name: str, points: list[EntryPoint]) -> None:
        package = points[0].dist.name if points[0].dist is not None else points[0].module
        said = f"Command of package {package}; `golive {name} --help` says more."
        super().__init__(name, help=said, callback=lambda: None)
        self._points = points

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: object
    ) -> Context:
        """Of the command itself. Raises ``BrokenCommand``."""
        return _load(str(self.name), self._points).make_context(info_name, args, parent, **extra)


def _points() -> dict[str, list[EntryPoint]]:
    # Reading what is installed takes longer than to build golive's own commands.
    from golive.discovery import discover_commands

    return discover_commands()


def _load(name: str, points: list[EntryPoint]) -> Command:
    if len(points) > 1:
        msg = f"the command {name} cannot be run: two installed packages bring one of this name"
        raise BrokenCommand(msg, "uninstall one of them")
    try:
        return _command(name, points[0].load())
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        msg = f"the command {name} cannot be loaded from {points[0].value} ({describe(error)})"
        raise BrokenCommand(msg, "reinstall or uninstall the package that brings it") from error


def _command(name: str, found: object) -> Command:
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    if not callable(found):
        msg = f"{type(found).__name__} is neither a Typer application nor a function"
        raise TypeError(msg)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)
