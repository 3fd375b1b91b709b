"""``golive backup create``: complete backups with manifests that are written last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli.probe_options import Shape, ShapeOption

if TYPE_CHECKING:
    from golive_gates.recovery.creating.chroma import Snapshot
    from golive_gates.recovery.creating.sqlite import Made, Wanted
    from golive_gates.recovery.settings import Canary
    from golive_gates.recovery.stopping import Stop

FAILED = 1


def create(  # noqa: PLR0917 - a command's options are arguments
    into: Annotated[
        Path, typer.Option("--into", metavar="FOLDER", help="Where backups and manifests go.")
    ],
    sqlite: Annotated[
        Path | None,
        typer.Option("--sqlite", metavar="FILE", help="A live SQLite database; it is only read."),
    ] = None,
    chroma: Annotated[
        Path | None,
        typer.Option(
            "--chroma", metavar="FOLDER", help="A live Chroma store's folder; it is only read."
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep", min=1, help="Afterwards, keep only the newest so many of the same name."
        ),
    ] = None,
    canary: Annotated[
        str | None,
        typer.Option(
            "--canary",
            metavar="TABLE.COLUMN",
            help="Records that carry their time; their newest goes into the manifest.",
        ),
    ] = None,
    write_canary: Annotated[
        bool,
        typer.Option(
            "--write-canary",
            help="Write a time-stamped row to table backup_canary first: all that is ever "
            "written to the live database.",
        ),
    ] = False,
    compress: Annotated[
        bool, typer.Option("--gzip", help="Compress the backup of the database.")
    ] = False,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Back up a SQLite database, a Chroma store or both as a pair; prove and describe each.

    SQLite is copied through its online backup API, while it is in use. Of a
    pair the Chroma snapshot is made first, so that all that it refers to is
    in the database's backup. Each copy is opened and looked over before it
    counts; it counts when its manifest is there, which is written last. One
    that failed or was interrupted leaves nothing behind.

    Exit codes: 0 made and proven, 1 no backup, 2 usage, 130 interrupted.
    """
    import asyncio
    import sys

    from golive.errors import UsageError
    from golive_gates.recovery.creating.sqlite import BackupFailed, Wanted
    from golive_gates.recovery.scratch import NoSpace
    from golive_gates.recovery.stopping import in_thread

    if sqlite is None and chroma is None:
        msg = "nothing to back up is named"
        raise UsageError(msg, "give --sqlite FILE, --chroma FOLDER or both")
    named = _canary(canary, write=write_canary)
    wanted = None
    if sqlite is not None:
        wanted = Wanted(sqlite, into, named, write_canary, compress)
    try:
        made = asyncio.run(in_thread(lambda stop: _made(wanted, chroma, into, stop)))
        removed = _pruned(into, sqlite, made, keep)
    except (BackupFailed, NoSpace) as error:
        print(f"no backup: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    except OSError as error:
        said = f"{error.filename or into}: {error.strerror or error}"
        print(f"no backup: {said}", file=sys.stderr)  # noqa: T201
        return FAILED
    _show(made, removed, output)
    return 0


def _made(
    wanted: Wanted | None, chroma: Path | None, into: Path, stop: Stop
) -> list[Made | Snapshot]:
    from datetime import UTC, datetime

    from golive_gates.recovery.creating import sqlite as making

    made: list[Made | Snapshot] = []
    if chroma is not None:
        from golive_gates.recovery.creating.chroma import snapshot

        made.append(snapshot(chroma, into, datetime.now(UTC), stop))
    if wanted is not None:
        made.append(making.create(wanted, datetime.now(UTC), stop))
    return made


def _pruned(
    into: Path, sqlite: Path | None, made: list[Made | Snapshot], keep: int | None
) -> list[Path]:
    from golive_gates.recovery.creating.chroma import STEM, Snapshot
    from golive_gates.recovery.creating.keeping import prune

    removed: list[Path] = []
    for one in made if keep is not None else ():
        if isinstance(one, Snapshot):
            removed += prune(into, STEM, keep or 1, one.manifest, "chroma")
        elif sqlite is not None:
            removed += prune(into, sqlite.stem, keep or 1, one.manifest)
    return removed


def _canary(text: str | None, *, write: bool) -> Canary | None:
    from golive.errors import UsageError
    from golive_gates.recovery.settings import Canary

    if text is None:
        return None
    if write:
        msg = "--canary and --write-canary exclude each other"
        raise UsageError(msg, "--write-canary uses table backup_canary")
    table, dot, column = text.rpartition(".")
    if not dot or not table or not column:
        msg = f"--canary {text[:80]!r} is no TABLE.COLUMN"
        raise UsageError(msg, "write --canary orders.created_at")
    return Canary(table, column)


def _show(made: list[Made | Snapshot], removed: list[Path], output: Shape) -> None:
    import json

    from golive.cli.stdout import put
    from golive.sanitize import clean
    from golive_gates.recovery.creating.chroma import Snapshot

    documents: list[dict[str, object]] = []
    lines = []
    for one in made:
        plain: dict[str, object] = {"manifest": str(one.manifest), "size_bytes": one.size}
        broken = () if isinstance(one, Snapshot) else one.broken
        if isinstance(one, Snapshot):
            plain |= {"kind": "chroma", "file": str(one.folder)}
            plain |= {"collections": one.collections, "records": one.records}
            figures = (
                f"{counted(one.records, 'record')} in {counted(one.collections, 'collection')}"
            )
        else:
            plain |= {"kind": "sqlite", "file": str(one.file)}
            plain |= {"tables": one.tables, "rows": one.rows}
            plain |= {"broken_references": list(one.broken)}
            figures = f"{counted(one.rows, 'row')} in {counted(one.tables, 'table')}"
        documents.append(plain)
        file = clean(str(plain["file"]), 2000)
        lines += [f"{file}: whole, {figures}, {one.size:,} bytes"]
        lines += [f"  described in {clean(one.manifest.name, 2000)}"]
        lines += [f"  a reference leads nowhere, as in its source: {said}" for said in broken]
    if output is Shape.JSON:
        document = {"backups": documents, "removed": [str(p) for p in removed]}
        put(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    lines += [f"removed {clean(str(path), 2000)}" for path in removed]
    put("\n".join(lines) + "\n")


def counted(number: int, noun: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
