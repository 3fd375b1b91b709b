"""Commands that the gate adds to ``golive``: ``golive backup``."""

from __future__ import annotations

import typer

from golive_gates.recovery.commands.create import create
from golive_gates.recovery.commands.verify import verify

APP = typer.Typer(
    name="backup",
    help="Make backups that restore, and prove that they do.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@APP.callback()
def backup() -> None:
    """Make a backup with a manifest, usable from a CronJob; or do the restore drill alone."""


APP.command()(create)
APP.command()(verify)
