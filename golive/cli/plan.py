"""``golive plan``: everything a run would send, before anything is sent."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from golive.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    GateOption,
    Lang,
    LangOption,
    SetOption,
    gate_ids,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from golive.config.model import Config
    from golive.gate import PlannedWork
    from golive.planning import GatePlan
    from golive.texts import Catalogue

COLUMNS = ("step", "lane", "samples", "requests", "seconds", "endpoint", "allowed", "note")


def plan(
    config: ConfigOption = DEFAULT_CONFIG,
    gate: GateOption = None,
    lang: LangOption = Lang.KO,
    overrides: SetOption = None,
) -> int:
    """Print what `golive check` would send, how long and why. Sends nothing."""
    from golive.cli.session import open_session
    from golive.context import Scope
    from golive.planning import first_look, plan_gates

    session = open_session(config, gate_ids(gate), tuple(overrides or ()))
    scope = Scope(session.loaded.config, session.loaded.base)
    plans = plan_gates(session.choice.run, scope, session.loaded.settings)
    packages = {g: p.package for g, p in session.choice.run.items()}
    looks = first_look(session.choice.run, scope)
    _print(plans, packages, looks, lang.value, scope.config)
    return 2 if any(p.problem for p in plans) else 0


def _allowed(work: PlannedWork, config: Config, core: Catalogue) -> str:
    """Who allows this piece of work, as far as can be said before names are resolved."""
    from urllib.parse import urlsplit

    from golive.authorisation import is_loopback, standing
    from golive.context import SystemClock
    from golive.observation import Unavailable

    if work.permission is None:
        return ""
    host = urlsplit(work.endpoint.rpartition(" ")[2]).hostname or ""
    if is_loopback(host):
        return core.core_text("plan", "own-machine")
    today = SystemClock().now().date()
    entry = standing(config.authorisations, work.permission, host, today)
    if isinstance(entry, Unavailable):
        return core.reason(entry.reason)
    return core.core_text("plan", "allowed-by", by=entry.by, until=entry.until.isoformat())


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdigit() and int(given) > 0 else 160


def _print(
    plans: Sequence[GatePlan], packages: dict[str, str], looks: int, lang: str, config: Config
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from golive.sanitize import clean
    from golive.texts import catalogue

    # A log or a pipe has no width of its own; the usual guess of 80 would fold every URL.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _columns())
    core = catalogue("golive", lang)
    if looks:
        console.print(Text(core.core_text("plan", "first_look", requests=looks)))
    for gate in plans:
        texts = catalogue(packages[gate.gate], lang)
        table = Table(title=Text(f"{gate.gate} · {texts.title}"), title_justify="left")
        for name in COLUMNS:
            right = name in ("samples", "requests", "seconds")
            table.add_column(
                core.core_text("plan", name),
                justify="right" if right else "left",
                overflow="fold",
                no_wrap=right,
            )
        for work in gate.work:
            samples = str(work.samples) if work.samples is not None else ""
            if work.accept is not None:
                samples += f" ({work.accept}/{work.reject})"
            table.add_row(
                Text(texts.label("steps", work.observer)),
                work.lane.value,
                samples,
                f"{work.requests:,}",
                f"{work.seconds:,.0f}",
                Text(clean(work.endpoint)),
                Text(_allowed(work, config, core)),
                Text(clean(work.note)),
            )
        console.print(table)
        if gate.problem:
            console.print(Text(clean(gate.problem), style="red"))
        params = {"requests": gate.requests + looks, "seconds": gate.seconds}
        console.print(Text(core.core_text("plan", "total", **params)))
