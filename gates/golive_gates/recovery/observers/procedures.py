"""What the release's files say of backups: manifests, crontabs, timers, the restore document."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.sources.documents import Reading, read_documents
from golive.sources.files import shown_as
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import FileKind, SourceTree
from golive.sources.yaml_limits import Limits
from golive_gates.recovery.procedures.commands import told_in
from golive_gates.recovery.procedures.kubectl import kubectl_of
from golive_gates.recovery.procedures.naming import open_ended
from golive_gates.recovery.procedures.parts import Procedures, Text
from golive_gates.recovery.procedures.reading import Folder, root_of
from golive_gates.recovery.procedures.units import is_unit
from golive_gates.recovery.settings import Settings

MOST_UNITS = 200
MOST_APPLIED = 20
_DOCUMENT = re.compile(
    r"(?i)(?:.*/)?[^/]*(?:restor|recover|disaster|backup|복구|복원|백업)[^/]*\.(?:md|markdown)"
)
_RESTORES = re.compile(r"(?i)restor|recover|disaster|복구|복원")


class ProceduresObserver:
    """Reads the texts beside the manifests; nothing is run."""

    part = Procedures
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("procedures", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Procedures | Unavailable:
        """Everything that schedules or describes backups in the release's folder."""
        tree = ctx.sources()
        base = ctx.scope.base.absolute()
        objects = tuple(tree.objects)
        problems = tuple(p for p in tree.problems if p.kind is FileKind.KUBERNETES)
        if not (objects or problems or settings.unit_files or settings.restore_document):
            return Unavailable(Reason("no-procedures"), kind="absent")
        shown = root_of(_paths(tree), base)
        folder = Folder.listed(base, shown)
        unread: dict[str, str] = {}
        units = [folder.text(n, unread) for n in sorted(folder.names) if is_unit(n)][:MOST_UNITS]
        for pattern in settings.unit_files:
            units += _matching(base, pattern, unread)
        titled = {d.path: d.title for d in ctx.config.documents}
        asked, document = _document(base, folder, settings, titled, unread)
        named = () if document is None else _applied(document, folder)
        texts = tuple(t for t in units if t is not None)
        listing = {
            "root": shown,
            "document": None if document is None else _digest(document),
            "units": [_digest(t) for t in texts],
            "cron_jobs": [str(o.ref) for o in objects if o.type == "CronJob.batch"],
            "unread": unread,
        }
        content = json.dumps(listing, ensure_ascii=False, indent=1)
        return Procedures(
            ctx.clock.now().date(),
            objects,
            texts,
            document,
            asked,
            shown,
            folder.names,
            folder.cut,
            named,
            unread,
            problems,
            (ctx.evidence.add("procedures.json", content, "application/json"),),
        )


def _paths(tree: SourceTree) -> tuple[str, ...]:
    kinds = (FileKind.KUBERNETES, FileKind.KUSTOMIZATION)
    found = [f.path for f in tree.files if f.kind in kinds]
    found += [p.location.path for p in tree.problems if p.kind is FileKind.KUBERNETES]
    return tuple(dict.fromkeys(found))


def _matching(base: Path, pattern: str, unread: dict[str, str]) -> list[Text | None]:
    try:
        # An absolute pattern is one below the file system's root.
        start = Path(Path(pattern).anchor) if Path(pattern).is_absolute() else base
        found = sorted(islice(start.glob(pattern.removeprefix(start.anchor)), MOST_UNITS))
    except (OSError, ValueError, NotImplementedError) as error:
        unread[pattern] = str(error)
        return []
    if not found:
        unread[pattern] = "no such file"
    shown = [p.relative_to(base) if p.is_relative_to(base) else p for p in found]
    return [Folder(base, "").text(shown_as(name), unread) for name in shown]


def _document(
    base: Path,
    folder: Folder,
    settings: Settings,
    titled: Mapping[str, str],
    unread: dict[str, str],
) -> tuple[str, Text | None]:
    """The restore document and the path that golive.yaml gives for it."""
    given = settings.restore_document
    if given:
        for place in (Folder(base, ""), folder):
            if place.is_file(given):
                return given, place.text(given, unread)
        return given, None
    listed = [p for p, t in titled.items() if _RESTORES.search(f"{p} {t}") and p.endswith(".md")]
    for path in listed:
        for place in (folder, Folder(base, "")):
            if place.is_file(path):
                return "", place.text(path, unread)
    found = sorted(
        (n for n in folder.names if _DOCUMENT.fullmatch(n)),
        key=lambda n: (_RESTORES.search(n) is None, n.count("/"), n),
    )
    return "", folder.text(found[0], unread) if found else None


def _applied(document: Text, folder: Folder) -> tuple[KubernetesObject, ...]:
    """Objects of the manifests that the document has its reader apply."""
    around = PurePosixPath(folder.within(document.path)).parent
    found: list[KubernetesObject] = []
    wanted: list[str] = []
    for told in told_in(document.text):
        command = kubectl_of(told)
        for file in () if command is None else command.applied:
            wanted += () if open_ended(file) else (file, str(around / file))
    for path in dict.fromkeys(wanted):
        name = str(PurePosixPath(path))
        if name in folder.names and len(found) < MOST_APPLIED * MOST_APPLIED:
            text = folder.text(name, {})
            if text is not None:
                reading = Reading(text.path, FileKind.KUBERNETES)
                found += read_documents(text.text, reading, Limits()).objects
    return tuple(found)


def _digest(text: Text) -> dict[str, str]:
    return {"path": text.path, "sha256": hashlib.sha256(text.text.encode()).hexdigest()}
