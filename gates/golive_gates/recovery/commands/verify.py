"""``golive backup verify``: the restore drill alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli.probe_options import Shape, ShapeOption

if TYPE_CHECKING:
    from golive.api import CheckResult, Observation
    from golive.texts import Catalogue
    from golive_gates.recovery.settings import Settings

FAILED, UNDECIDED = 1, 3
PACKAGE = "golive_gates.recovery"


def verify(
    config: Annotated[
        Path | None,
        typer.Option(
            "-c",
            "--config",
            envvar="GOLIVE_CONFIG",
            help="Drill the stores that `gates.recovery` of this golive.yaml declares.",
        ),
    ] = None,
    backups: Annotated[
        list[str] | None,
        typer.Option(
            "--backups",
            metavar="GLOB",
            help="Instead: backups of one SQLite store; files, archives or a folder. Repeatable.",
        ),
    ] = None,
    live: Annotated[
        str,
        typer.Option(
            "--live",
            metavar="FILE",
            help="Its live database, only read: what the backup is compared with.",
        ),
    ] = "",
    canary: Annotated[
        str | None,
        typer.Option(
            "--canary",
            metavar="TABLE.COLUMN",
            help="Records that carry their time: their newest tells the data's age.",
        ),
    ] = None,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Restore the newest backup into a scratch folder, prove it, and prove the drill.

    With --config all stores of golive.yaml are drilled, Chroma's too, their
    history is judged, and the service is started on restored data if it is
    declared how. With --backups one SQLite store is drilled, held against
    the default objectives (RPO 6h, RTO 60m). Nothing is written beside
    backups or live data, and the scratch folder is removed.

    Exit codes: 0 it restores, 1 it does not or breaks an objective, 2 usage
    or configuration, 3 undecided, 130 interrupted.
    """
    import asyncio

    from golive_gates.recovery.commands.drilling import checks, look, prepared

    asked = prepared(config, backups or [], live, canary)
    seen = asyncio.run(look(asked))
    wanted = checks(history=asked.history, service=asked.settings.service is not None)
    results = [check.evaluate(seen, asked.settings) for check in wanted]
    left_out = [c.spec.name for c in checks(history=True) if c not in wanted]
    _show(seen, asked.settings, results, left_out, output)
    statuses = {r.status.value for r in results}
    if "fail" in statuses:
        return FAILED
    return UNDECIDED if statuses & {"inconclusive", "error"} else 0


def _show(
    seen: Observation,
    settings: Settings,
    results: list[CheckResult],
    left_out: list[str],
    output: Shape,
) -> None:
    import json

    from golive.cli.stdout import put
    from golive.codec import encode
    from golive.texts import catalogue
    from golive_gates.recovery.commands.telling import lines

    texts = catalogue(PACKAGE, "en")
    if output is Shape.JSON:
        document = {
            "checks": [_plain(r, texts) for r in results],
            "backups": encode(seen.parts["Backups"]),
            "sqlite": encode(seen.parts["SqliteDrills"]),
            "chroma": encode(seen.parts["ChromaDrills"]),
            "service": encode(seen.parts["ServiceDrill"]),
            "rpo": settings.rpo,
            "rto": settings.rto,
        }
        put(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    put("\n".join(lines(seen, results, left_out, texts)) + "\n")


def _plain(result: CheckResult, texts: Catalogue) -> dict[str, object]:
    return {
        "id": result.spec.id,
        "status": result.status.value,
        "sentence": texts.reason(result.reason, result.spec.id),
        "blocked_by": result.blocked_by,
        "facts": {f.name: f.value for f in result.facts},
        "findings": [
            {
                "subject": f.subject,
                "code": f.reason.code,
                "sentence": texts.reason(f.reason, result.spec.id),
                "place": str(f.location) if f.location is not None else None,
            }
            for f in result.findings
        ],
    }
