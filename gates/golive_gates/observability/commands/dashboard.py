"""``golive alerts dashboard``: a Grafana dashboard for the SLOs of a configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive_gates.observability.commands.opening import NOTHING, ConfigOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from golive_gates.observability.commands.opening import Opened
    from golive_gates.observability.metrics.roles import Role, Unfilled


def dashboard(
    config: ConfigOption = Path("golive.yaml"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: stdout.")
    ] = None,
    title: Annotated[
        str, typer.Option("--title", help="Default: the service's name and `SLO`.")
    ] = "",
) -> int:
    """Write a Grafana dashboard: SLIs, budgets left, burn rates, latency, signals.

    Signals are those whose metrics the configuration names or its declared exposition files
    hold. Exit codes: 0 written, 2 usage or configuration, 3 no SLO can be shown.
    """
    import json

    from golive.cli.outputs import write_file
    from golive.cli.stdout import put
    from golive_gates.observability.commands.opening import opened, said_of
    from golive_gates.observability.dashboards import writing

    here = opened(config)
    for line in said_of(here.without):
        print(line, file=sys.stderr)  # noqa: T201
    if not here.slis:
        print("no SLO that can be shown", file=sys.stderr)  # noqa: T201
        return NOTHING
    named = title or f"{here.config.service.name} SLO"
    document = writing.dashboard(named, here.slis, _roles(here))
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        put(text)
    else:
        write_file(output, text)
    return 0


def _roles(here: Opened) -> Mapping[str, Role | Unfilled]:
    """Roles among the declared metrics; without any, histograms that the settings name."""
    from golive_gates.observability.metrics.roles import Role, roles_of

    if here.inventory is not None and here.inventory.families:
        return roles_of(here.inventory, here.settings.roles)
    return {
        name: Role(name, setting.metric.removesuffix("_bucket"), "setting", setting.labels)
        for name, setting in here.settings.roles.items()
        if name in ("first-content", "durations", "auth-failures", "rate-limited")
    }
