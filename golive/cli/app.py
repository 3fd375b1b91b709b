"""The commands of ``golive`` and what their options have in common."""

from __future__ import annotations

from typing import Annotated

import typer

from golive.cli.check import check
from golive.cli.demo import demo
from golive.cli.explain import explain
from golive.cli.lint import lint
from golive.cli.list import list_gates
from golive.cli.load import load
from golive.cli.plan import plan
from golive.cli.plugins import PluginGroup
from golive.cli.probe import probe
from golive.cli.report import report
from golive.cli.schema import schema

app = typer.Typer(
    name="golive",
    cls=PluginGroup,
    help="Prove that a service may go live. No evidence never passes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 GO or CONDITIONAL, 1 NO_GO, 2 usage or configuration, "
    "3 INCONCLUSIVE, 4 golive failed, 130 interrupted.",
)


def _version(value: bool) -> None:
    if value:
        from golive import __version__

        typer.echo(f"golive {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the trace of an internal error.")
    ] = False,
) -> None:
    """Prove that a service may go live. No evidence never passes."""


app.command()(check)
app.command()(plan)
app.command()(lint)
app.command()(demo)
app.command("list")(list_gates)
app.command()(explain)
app.command()(report)
app.command()(schema)
app.command()(load)
app.add_typer(probe, name="probe")
