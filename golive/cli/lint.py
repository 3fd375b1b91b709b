"""``golive lint``: the file-based checks over files and folders; no configuration, no target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from golive.cli.lint_asked import Asked, carried_out, ids
from golive.cli.options import GateOption, Lang, LangOption, gate_ids
from golive.vocabulary import Severity

PathsArgument = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", help="Files and folders; what they are is told by content."),
]
FormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT[=FILE]",
        help="text, json, sarif or junit; without FILE to stdout. Repeatable.",
    ),
]
SeverityOption = Annotated[
    Severity,
    typer.Option(
        "--severity", help="Lowest severity that counts: high, medium or low.", metavar="LEVEL"
    ),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Leave out paths like this. Repeatable."),
]
CheckOption = Annotated[
    list[str] | None,
    typer.Option("--check", metavar="ID,...", help="Run only these checks (repeat or use commas)."),
]
KubernetesOption = Annotated[
    str | None,
    typer.Option("--kubernetes", metavar="1.34,...", help="Cluster versions to hold against."),
]
StreamPathOption = Annotated[
    list[str] | None,
    typer.Option("--stream-path", metavar="/PATH", help="Route that streams. Repeatable."),
]
GateSetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Setting of a gate: gates.manifests.x=y."),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", envvar="GOLIVE_STRICT", help="A warning exits 1, not 0.")
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", min=1, help="Processes that read and judge; default: one a core."),
]


def lint(
    paths: PathsArgument,
    output: FormatOption = None,
    severity: SeverityOption = Severity.LOW,
    exclude: ExcludeOption = None,
    gate: GateOption = None,
    check: CheckOption = None,
    kubernetes: KubernetesOption = None,
    stream_path: StreamPathOption = None,
    overrides: GateSetOption = None,
    strict: StrictOption = False,
    jobs: JobsOption = None,
    lang: LangOption = Lang.KO,
) -> int:
    """Check files before anything is deployed: manifests, Helm, kustomize, nginx.

    Exit codes: 0 nothing failed, 1 a finding fails, 2 usage, 3 nothing to check or not
    everything could be read and decided, 4 golive itself failed.
    """
    return carried_out(
        Asked(
            paths=tuple(paths),
            outputs=tuple(output or ()),
            exclude=tuple(exclude or ()),
            severity=severity,
            strict=strict,
            gates=gate_ids(gate),
            checks=check_ids(check),
            kubernetes=kubernetes,
            stream_paths=tuple(stream_path or ()),
            overrides=tuple(overrides or ()),
            jobs=jobs,
            lang=lang.value,
        )
    )


def check_ids(values: list[str] | None) -> tuple[str, ...] | None:
    """``--check a,b --check c`` as ids in order; ``None`` when the option was not given."""
    found = ids(values)
    if found == ():
        msg = "--check names no check"
        raise typer.BadParameter(msg)
    return found
