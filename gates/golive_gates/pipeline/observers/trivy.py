"""trivy, run here over the deployed images that this machine has, with the database that it has."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from golive.api import (
    EvidenceRef,
    Lane,
    Need,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    Unavailable,
)
from golive.programs import Ran, found, run
from golive.sources.credentials import mask_text
from golive_gates.pipeline.images.deployed import Deployed, deployed
from golive_gates.pipeline.images.parts import Report, TrivyRuns, Unread
from golive_gates.pipeline.images.reading import tried
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings

TIMEOUT = 180.0
"""Seconds for one image; with its layers in trivy's cache it takes one or two."""
MOST_IMAGES = 30
WORDS = (
    "image",
    *("--format", "json"),
    *("--scanners", "vuln,secret"),
    # Nothing is fetched: no image, no database, no answer of a package index.
    *("--image-src", "docker,containerd,podman"),
    "--offline-scan",
    "--skip-db-update",
    "--skip-java-db-update",
    "--no-progress",
    "--quiet",
)
_KEPT = ("DOCKER_HOST", "CONTAINERD_ADDRESS", "XDG_RUNTIME_DIR")
"""Where the container engines are."""
_IGNORES = (".trivyignore", ".trivyignore.yaml", ".trivyignore.yml")
_NO_DATABASE = re.compile(r"first run|old schema|metadata\.json|DB error", re.IGNORECASE)
_NOT_HERE = re.compile(
    r"no such image|unable to find the specified image|unable to initialize an? \w*\s?scanner"
    r"|not found|socket",
    re.IGNORECASE,
)
_VERSION = re.compile(r"^Version: (\S+)", re.MULTILINE)


class TrivyObserver:
    """Runs only when ``run_trivy`` asks for it; sends nothing."""

    part = TrivyRuns
    lane = Lane.FILES
    # Without Need.FILES: `golive lint` looks at the files alone.
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope
        return (PlannedWork("trivy", self.lane, 0, 0.0),) if settings.run_trivy else ()

    async def observe(self, ctx: RunContext, settings: Settings) -> TrivyRuns | Unavailable:
        """A report for each image, or why there is none."""
        if not settings.run_trivy:
            return Unavailable(Reason("trivy-not-chosen"), kind="absent")
        program = found("trivy")
        if program is None:
            return Unavailable(Reason("trivy-missing"))
        images = [i for i in deployed(ctx.sources().objects) if i.digest]
        reports: list[Report] = []
        unread = [Unread(i.text, "left-out", f"{MOST_IMAGES}") for i in images[MOST_IMAGES:]]
        with TemporaryDirectory(prefix="golive-trivy-") as folder:
            asked = _Asked(program, Path(folder), ctx, _ignore_file(ctx, Path(folder)))
            version = _VERSION.search((await asked.run("--version")).text)
            for image in images[:MOST_IMAGES]:
                mine, problem = await asked.about(image)
                reports += mine
                unread += [] if problem is None else [problem]
        evidence = _evidence(ctx, reports, unread)
        name = version[1] if version else ""
        return TrivyRuns(tuple(reports), ctx.clock.now(), name, tuple(unread), (evidence,))


class _Asked:
    """Calls of *program* in *folder*, with nothing of the user's but the engines and the cache."""

    def __init__(self, program: str, folder: Path, ctx: RunContext, ignore_file: str) -> None:
        self.program = program
        self.folder = folder
        self.ctx = ctx
        self.more = ("--ignorefile", ignore_file) if ignore_file else ()

    async def about(self, image: Deployed) -> tuple[tuple[Report, ...], Unread | None]:
        """The report about *image*."""
        # An image's name cannot begin with a dash: its grammar was checked with its digest.
        name = f"{image.repository}@{image.digest}"
        ran = await self.run(*WORDS, *self.more, "--cache-dir", str(_cache()), name)
        path = f"trivy image {name}"
        if ran.status == 0:
            return tried(ran.text, path)
        if ran.status is None:
            return (), Unread(path, ran.problem, ran.text[:200])
        said = self.ctx.redact(mask_text(ran.errors))
        last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
        if _NO_DATABASE.search(said):
            return (), Unread(path, "no-database", last[:200])
        code = "image-not-here" if _NOT_HERE.search(said) else "failed"
        return (), Unread(path, code, f"{ran.status}: {last[:200]}")

    async def run(self, *words: str) -> Ran:
        """One call, bounded in time and output."""
        env = {name: value for name in _KEPT if (value := os.environ.get(name))}
        return await run(self.program, words, self.folder, TIMEOUT, apart=True, env=env)


def _cache() -> Path:
    """Where trivy keeps its database. Source: Trivy, "Cache"."""
    named = os.environ.get("TRIVY_CACHE_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "trivy"


def _ignore_file(ctx: RunContext, folder: Path) -> str:
    """The repository's own rules, laid where trivy looks; what they say is judged by itself."""
    part = ctx.observed.find(Pipeline)
    if isinstance(part, Unavailable):
        return ""
    for repository in part.repositories:
        for name in _IGNORES:
            text = repository.text(name)
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
                return name
    return ""


def _evidence(ctx: RunContext, reports: list[Report], unread: list[Unread]) -> EvidenceRef:
    said = {"reports": [asdict(r) for r in reports], "unread": [asdict(u) for u in unread]}
    listing = json.dumps(said, ensure_ascii=False, indent=1, default=str)
    return ctx.evidence.add("trivy.json", listing, "application/json")
