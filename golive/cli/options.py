"""Options that several commands share, declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Lang(StrEnum):
    """Languages of reports and of the terminal summary."""

    KO = "ko"
    EN = "en"


ConfigOption = Annotated[
    Path, typer.Option("-c", "--config", envvar="GOLIVE_CONFIG", help="Configuration file.")
]
GateOption = Annotated[
    list[str] | None,
    typer.Option("--gate", metavar="ID,...", help="Run only these gates (repeat or use commas)."),
]
OutputOption = Annotated[
    list[str] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT[=PATH]",
        help="Write a rendering; without PATH to stdout. Repeatable.",
    ),
]
LangOption = Annotated[
    Lang, typer.Option("--lang", envvar="GOLIVE_LANG", help="Language of reports and summary.")
]
StrictOption = Annotated[
    bool, typer.Option("--strict", envvar="GOLIVE_STRICT", help="CONDITIONAL exits 1, not 0.")
]
TimeoutOption = Annotated[
    str,
    typer.Option(
        "--timeout", metavar="DURATION", envvar="GOLIVE_TIMEOUT", help="Time limit of one gate."
    ),
]
MaxRequestsOption = Annotated[
    int,
    typer.Option(
        "--max-requests", min=1, envvar="GOLIVE_MAX_REQUESTS", help="Cap on requests of the run."
    ),
]
OutDirOption = Annotated[
    Path,
    typer.Option(
        "--out-dir",
        envvar="GOLIVE_OUT_DIR",
        help="Folder for the run record, the report, evidence and journal.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a configuration value by its path."),
]
ResumeOption = Annotated[
    Path | None,
    typer.Option("--resume", metavar="JOURNAL", help="Take what an unfinished run had observed."),
]

DEFAULT_CONFIG = Path("golive.yaml")
DEFAULT_OUT_DIR = Path("golive-reports")
DEFAULT_TIMEOUT = "30m"
DEFAULT_MAX_REQUESTS = 20_000


def gate_ids(values: list[str] | None) -> tuple[str, ...] | None:
    """``--gate a,b --gate c`` as ids in order; ``None`` when the option was not given."""
    if not values:
        return None
    ids = tuple(dict.fromkeys(p.strip() for v in values for p in v.split(",") if p.strip()))
    if not ids:
        msg = "--gate names no gate"
        raise typer.BadParameter(msg)
    return ids
