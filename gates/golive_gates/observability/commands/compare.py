"""``golive alerts compare``: when alerts tell of failures, beside generated burn-rate rules."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli.probe_options import Shape, ShapeOption
from golive_gates.observability.commands.opening import NOTHING, ConfigOption

if TYPE_CHECKING:
    from golive_gates.observability.burn.comparing import Timing, Watch
    from golive_gates.observability.burn.slis import Sli


def compare(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Rule files and folders. Default: `files` of the config."
        ),
    ] = None,
    config: ConfigOption = Path("golive.yaml"),
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Compare the alerts on each SLO with the burn-rate rules that golive would write.

    For a constant share of failures that begins at once: how long until the first alert, how
    much of the budget is burnt by then, and how long it goes on after a long fault. Worked out
    from windows and thresholds; scrapes and evaluations add up to one interval each. Exit codes:
    0 compared, 2 usage or configuration, 3 nothing to compare.
    """
    from golive_gates.observability.burn.comparing import SHARES, generated, timing, watching
    from golive_gates.observability.commands.opening import opened, release, said_of
    from golive_gates.observability.looking import rules_of

    here = opened(config)
    part = release(here, paths or [])
    for problem in part.problems:
        where, said = problem.location, problem.message
        print(f"{where}: not read: {said}", file=sys.stderr)  # noqa: T201
    rules = rules_of(part).rules
    for line in said_of(here.without):
        print(line, file=sys.stderr)  # noqa: T201
    if not here.slis:
        print("no SLO that can be measured", file=sys.stderr)  # noqa: T201
        return NOTHING
    compared = []
    for sli in here.slis:
        now = watching(sli, rules, here.settings.severities)
        then = generated(sli, here.severities)
        rows = [(timing(sli, now, s), timing(sli, then, s)) for s in SHARES]
        compared.append((sli, now, rows))
    _json(compared) if output is Shape.JSON else _tables(compared)
    return 0


Row = tuple["Timing", "Timing"]
Compared = tuple["Sli", "tuple[Watch, ...]", list[Row]]


def _json(compared: list[Compared]) -> None:
    import json

    from golive.cli.stdout import put

    document = [
        {
            "slo": sli.slo,
            "objective": sli.objective,
            "window": sli.window_s,
            "alerts": [w.name for w in now],
            "shares": [
                {"share": old.share, "existing": _plain(old), "generated": _plain(new)}
                for old, new in rows
            ],
        }
        for sli, now, rows in compared
    ]
    put(json.dumps({"slos": document}, ensure_ascii=False, indent=2) + "\n")


def _plain(timing: Timing) -> dict[str, object] | None:
    """Seconds and shares; ``None`` where nothing fires, and for what never ends."""
    if not timing.alert:
        return None
    return {
        "alert": timing.alert,
        "severity": timing.severity,
        "detect": round(timing.detect, 1),
        "reset": round(timing.reset, 1) if math.isfinite(timing.reset) else None,
        "burnt": round(timing.burnt, 6),
    }


def _tables(compared: list[Compared]) -> None:
    from rich.console import Console
    from rich.table import Table

    from golive.sanitize import clean
    from golive_gates.observability.rules.durations import written

    console = Console(highlight=False)
    for sli, now, rows in compared:
        title = f"{sli.slo}: {sli.objective * 100:g} % over {written(sli.window_s)}"
        names = ", ".join(w.name for w in now) or "none that can be followed"
        caption = f"existing alerts on it: {names}"
        table = Table(title=clean(title), caption=clean(caption), title_justify="left")
        table.add_column("failures", justify="right", no_wrap=True)
        table.add_column("rules", no_wrap=True)
        table.add_column("first alert", overflow="fold")
        for what in ("detect", "burnt", "reset"):
            table.add_column(what, justify="right", no_wrap=True)
        for old, new in rows:
            table.add_row(f"{old.share * 100:g} %", "existing", *_cells(old))
            table.add_row("", "generated", *_cells(new), end_section=True)
        console.print(table)
        console.print()


def _cells(timing: Timing) -> tuple[str, str, str, str]:
    if not timing.alert:
        return "never", "-", "-", "-"
    reset = _short(timing.reset) if math.isfinite(timing.reset) else "never"
    named = f"{timing.alert} ({timing.severity or '?'})"
    return named, _short(timing.detect), f"{timing.burnt * 100:.3g} %", reset


def _short(seconds: float) -> str:
    """The two largest units of a duration."""
    whole, parts = round(seconds), []
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, whole = divmod(whole, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
