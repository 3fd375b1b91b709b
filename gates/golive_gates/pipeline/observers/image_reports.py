"""Files that scanners of images have written, as the setting ``scan_results`` names them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from glob import glob
from pathlib import Path

from golive.api import EvidenceRef, Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.sources.files import shown_as
from golive_gates.pipeline.images.parts import ImageReports, Report, Unread
from golive_gates.pipeline.images.reading import LARGEST, tried
from golive_gates.pipeline.settings import Settings

MOST_REPORTS = 500


class ImageReportsObserver:
    """Reads what is there; runs nothing."""

    part = ImageReports
    lane = Lane.FILES
    # Without Need.FILES: the reports are no part of the release, which alone is linted.
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("image-reports", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> ImageReports | Unavailable:
        """Every report, and every file that is none."""
        if not settings.scan_results:
            return Unavailable(Reason("no-scan-results"), kind="absent")
        return await asyncio.to_thread(_observed, ctx, settings)


def _observed(ctx: RunContext, settings: Settings) -> ImageReports:
    reports: list[Report] = []
    unread: list[Unread] = []
    read: dict[str, str] = {}
    for pattern in settings.scan_results:
        files = _matching(ctx.scope.base, pattern)
        if not files:
            unread.append(Unread(pattern, "no-match"))
        for file in files:
            shown = _shown(file, ctx.scope.base)
            if shown in read:
                continue
            if len(read) >= MOST_REPORTS:
                unread.append(Unread(pattern, "too-many", f"{MOST_REPORTS:,}"))
                break
            content, why = _content(file)
            read[shown] = hashlib.sha256(content).hexdigest()
            if why is not None:
                unread.append(Unread(shown, *why))
                continue
            found, problem = tried(content.decode("utf-8-sig", "replace"), shown)
            reports += found
            unread += [] if problem is None else [problem]
    return ImageReports(
        tuple(reports), ctx.clock.now(), tuple(unread), (_evidence(ctx, read, reports),)
    )


def _matching(base: Path, pattern: str) -> list[Path]:
    found = sorted(glob(str(base / pattern), recursive=True))  # noqa: PTH207 - takes absolute ones
    return [path for path in map(Path, found) if not path.is_dir()]


def _shown(file: Path, base: Path) -> str:
    return shown_as(file.relative_to(base) if file.is_relative_to(base) else file)


def _content(file: Path) -> tuple[bytes, tuple[str, str] | None]:
    try:
        if not file.is_file():
            return b"", ("unreadable", "not a file")
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        return b"", ("unreadable", error.strerror or str(error))
    if len(content) > LARGEST:
        return content, ("too-large", f"{LARGEST:,}")
    return content, None


def _evidence(ctx: RunContext, read: dict[str, str], reports: list[Report]) -> EvidenceRef:
    said = {
        "sha256": read,
        "reports": [
            {
                "path": r.path,
                "tool": f"{r.tool} {r.version}".strip(),
                "artifact": r.artifact,
                "digests": r.digests,
                "made": None if r.made is None else r.made.isoformat(),
                "findings": len(r.weaknesses),
                "ignored": len(r.ignored),
            }
            for r in reports
        ],
    }
    listing = json.dumps(said, ensure_ascii=False, indent=1)
    return ctx.evidence.add("image-reports.json", listing, "application/json")
