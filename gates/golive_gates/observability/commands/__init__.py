"""Commands that the gate adds to ``golive``: ``golive alerts``."""

from __future__ import annotations

import typer

from golive_gates.observability.commands.compare import compare
from golive_gates.observability.commands.dashboard import dashboard
from golive_gates.observability.commands.drill import drill
from golive_gates.observability.commands.generate import generate

APP = typer.Typer(
    name="alerts",
    help="Write, compare and try out alerts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@APP.callback()
def alerts() -> None:
    """Write burn-rate rules and a dashboard for the SLOs, compare rules, try out the delivery."""


APP.command()(generate)
APP.command()(compare)
APP.command()(dashboard)
APP.command()(drill)
