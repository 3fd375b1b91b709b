"""The ``golive`` program: its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from golive.cli import exits
from golive.cli.check import check
from golive.cli.demo import demo
from golive.cli.explain import explain
from golive.cli.lint import lint
from golive.cli.list import list_gates
from golive.cli.load import load
from golive.cli.plan import plan
from golive.cli.probe import probe
from golive.cli.report import report
from golive.cli.schema import schema

app = typer.Typer(
    name="golive",
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


def run() -> None:
    """Entry point of the console script. Maps every ending to an exit code."""
    # A SIGTERM unwinds like an interrupt, so that what was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    debug = "--debug" in sys.argv[1:] or os.environ.get("GOLIVE_DEBUG", "") not in ("", "0")
    try:
        code = app(standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        raise SystemExit(_explain(error, debug=debug)) from None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise SystemExit(exits.INTERRUPTED) from None
    raise SystemExit(code if isinstance(code, int) else exits.OK)


def _explain(error: Exception, *, debug: bool) -> int:
    from golive.cli.failures import explain_failure

    return explain_failure(error, debug=debug)
