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
            "-c", "--config", envvar="GOLIVE_CONFIG", help="golive.yaml with `gates.recovery`."
        ),
    ] = None,
    backups: Annotated[
        list[str] | None,
        typer.Option(
            "--backups",
            metavar="GLOB",
            help="SQLite backups without a golive.yaml: files, archives or a folder. Repeatable.",
        ),
    ] = None,
    live: Annotated[
        str, typer.Option("--live", metavar="FILE", help="The live database, read only.")
    ] = "",
    canary: Annotated[
        str | None,
        typer.Option("--canary", metavar="TABLE.COLUMN", help="Records that carry their time."),
    ] = None,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Restore the newest backup into a scratch folder, prove it, and prove the drill.

    Nothing is written beside backups or live data. Exit codes: 0 it restores, 1 it does not or
    breaks an objective, 2 usage or configuration, 3 undecided, 130 interrupted.
    """
    import asyncio

    from golive_gates.recovery.commands.drilling import checks, look, prepared

    asked = prepared(config, backups or [], live, canary)
    seen = asyncio.run(look(asked))
    results = [check.evaluate(seen, asked.settings) for check in checks()]
    _show(seen, asked.settings, results, output)
    statuses = {r.status.value for r in results}
    if "fail" in statuses:
        return FAILED
    return UNDECIDED if statuses & {"inconclusive", "error"} else 0


def _show(seen: Observation, settings: Settings, results: list[CheckResult], output: Shape) -> None:
    import json

    from golive.cli.stdout import put
    from golive.codec import encode
    from golive.sanitize import clean
    from golive.texts import catalogue

    texts = catalogue(PACKAGE, "en")
    if output is Shape.JSON:
        document = {
            "checks": [_plain(r, texts) for r in results],
            "backups": encode(seen.parts["Backups"]),
            "sqlite": encode(seen.parts["SqliteDrills"]),
            "chroma": encode(seen.parts["ChromaDrills"]),
            "rpo": settings.rpo,
            "rto": settings.rto,
        }
        put(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    lines = []
    for result in results:
        said = texts.reason(result.reason, result.spec.id)
        lines.append(f"{result.status.value:<13}{result.spec.name:<20}{clean(said)}")
        for found in result.findings[:10]:
            sentence = texts.reason(found.reason, result.spec.id)
            where = f" ({found.location})" if found.location is not None else ""
            lines.append(f"{'':<13}{clean(found.subject)}{clean(where)}: {clean(sentence)}")
        if result.status.value in {"fail", "warn", "inconclusive"} and result.blocked_by is None:
            first = result.findings[0].reason if result.findings else result.reason
            lines.append(f"{'':<13}-> {clean(texts.remedy(result.spec.id, first))}")
    put("\n".join(lines) + "\n")


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
