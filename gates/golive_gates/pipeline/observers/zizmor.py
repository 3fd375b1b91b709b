"""zizmor, the auditor of workflows, over the same files: a second opinion."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.programs import Ran, found, run
from golive.sources.credentials import mask_text
from golive_gates.pipeline.observers.workflow_copies import MOST, Copied, copies
from golive_gates.pipeline.programs.parts import Opinion, Said, Trouble, Zizmor
from golive_gates.pipeline.programs.reading import NoAnswerError, zizmor_said
from golive_gates.pipeline.settings import Settings

TIMEOUT = 60.0
"""Seconds that one call may take; it usually takes 0.1."""
DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")
BESIDE = (
    *DEPENDABOT,
    "zizmor.yml",
    "zizmor.yaml",
    ".github/zizmor.yml",
    ".github/zizmor.yaml",
)
MOST_ALONE = 50
"""Files of a repository that are looked at one by one to find what zizmor refuses."""
FOUND = range(11, 15)
"""Exit codes with findings, by the gravest. Source: https://docs.zizmor.sh/usage/#exit-codes."""
FAILED = 1
# With --no-ignores it lists what its comments hide too, and marks it so.
_WORDS = ("--offline", "--format", "json", "--strict-collection", "--no-ignores", "--collect=all")
_VERSION = re.compile(r"\bzizmor v(\d\S*)")
"""It says so before it begins."""
_CAUSE = re.compile(r"^\s*(?:\d+:\s+)?(\S.*)$", re.MULTILINE)


class ZizmorObserver:
    """Runs zizmor over the workflows; sends nothing."""

    part = Zizmor
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("zizmor", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Zizmor | Unavailable:
        """Its findings, or that it is not installed."""
        program = found("zizmor")
        if program is None:
            return Unavailable(Reason("zizmor-missing"), kind="absent")
        with TemporaryDirectory(prefix="golive-zizmor-") as folder:
            base = Path(folder)
            asked = _Asked(program, base)
            opinion = Opinion()
            for copied in copies(ctx, settings.root, base, BESIDE):
                opinion = await _extended(opinion, asked, copied)
        text = json.dumps(asdict(opinion), ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("zizmor.json", text, "application/json")
        return Zizmor(replace(opinion, evidence=(evidence,)))


async def _extended(opinion: Opinion, asked: _Asked, copied: Copied) -> Opinion:
    said, troubles = await asked.all(copied)
    gone = [Trouble(path, "refused", why) for path, why in copied.missing]
    return replace(
        opinion,
        version=asked.version,
        files=opinion.files + len(copied.files) + len(copied.missing),
        said=(*opinion.said, *said),
        troubles=(*opinion.troubles, *troubles, *gone),
    )


class _Asked:
    """Calls of *program*, which may keep what it likes in *home*."""

    def __init__(self, program: str, home: Path) -> None:
        self.program = program
        self.home = home
        self.version = ""

    async def run(self, folder: Path, *words: str) -> Ran:
        """One call, bounded in time and output."""
        ran = await run(self.program, words, folder, TIMEOUT, apart=True, home=self.home)
        said = _VERSION.search(ran.errors)
        self.version = self.version or (said[1] if said else "")
        return ran

    async def all(self, copied: Copied) -> tuple[Sequence[Said], Sequence[Trouble]]:
        """Of the whole repository; file by file when it refuses one of them."""
        if not copied.files:
            return (), ()
        if len(copied.files) > MOST:
            return (), (Trouble(copied.root, "too-much", str(len(copied.files))),)
        ran = await self._audit(copied, ".")
        refuses = ran.status == FAILED and not ran.text.strip()
        if not refuses or len(copied.files) > MOST_ALONE:
            return _answer(copied, copied.root, ran)
        said: list[Said] = []
        troubles: list[Trouble] = []
        beside = [f for f in DEPENDABOT if (copied.folder / f).exists()]
        for file in (*copied.files, *beside):
            more, trouble = _answer(copied, copied.shown(file), await self._audit(copied, file))
            said += more
            troubles += trouble
        if not troubles:  # It is none of them that it refuses, but what lies beside them.
            troubles.append(_trouble(copied.root, "refused", ran))
        return said, troubles

    async def _audit(self, copied: Copied, path: str) -> Ran:
        config = any((copied.folder / name).exists() for name in BESIDE if "zizmor" in name)
        more = () if config else ("--no-config",)
        return await self.run(copied.folder, *_WORDS, *more, path)


def _answer(copied: Copied, path: str, ran: Ran) -> tuple[Sequence[Said], Sequence[Trouble]]:
    if ran.status is None:
        return (), (Trouble(path, ran.problem, ran.text if ran.problem == "not-started" else ""),)
    if ran.status == FAILED and not ran.text.strip():
        return (), (_trouble(path, "refused", ran),)
    if ran.status != 0 and ran.status not in FOUND:
        return (), (_trouble(path, "ended", ran),)
    try:
        said = [replace(s, path=copied.shown(s.path)) for s in zizmor_said(ran.text)]
    except NoAnswerError as error:
        return (), (Trouble(path, "no-answer", str(error)),)
    if bool(said) is (ran.status == 0):
        return said, (Trouble(path, "contradiction", str(ran.status)),)
    return said, ()


def _trouble(path: str, code: str, ran: Ran) -> Trouble:
    """Without where the copy lies, and without the trace that it prints behind its causes."""
    said = mask_text(ran.errors).partition("Stack backtrace")[0]
    lines = [m[1] for m in _CAUSE.finditer(said) if not m[1].startswith(("INFO", "Caused by"))]
    return Trouble(path, code, f"{ran.status}: {'; '.join(lines[-2:])[:300]}")
