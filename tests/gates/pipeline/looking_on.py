"""Have observers of gate `pipeline` look at a small repository, with real programs or doubles."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from textwrap import dedent
from typing import Any

from golive.api import CheckResult, EvidenceRef, Observation, RunContext, Scope
from golive.config.model import Config, Service
from golive.context import RequestBudget, Silent, SystemClock
from golive.sources.reading import read_paths
from golive_gates.pipeline import GATE
from golive_gates.pipeline.observers.repository import RepositoryObserver
from golive_gates.pipeline.settings import Settings
from tests.gates.saying import said

CHECKS = {c.spec.name: c for c in GATE.checks}
Files = Mapping[str, str]


class Kept:
    """Evidence in memory, by name."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        text = content if isinstance(content, str) else content.decode()
        self.texts[name] = text
        digest = hashlib.sha256(text.encode()).hexdigest()
        return EvidenceRef(name, name, digest, len(text), media_type)


def written(folder: Path, files: Files) -> Path:
    """*folder* with *files* in it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(dedent(text), encoding="utf-8")
    return folder


def looked(
    folder: Path, *observers: Any, settings: Settings | None = None, kept: Kept | None = None
) -> Observation:
    """What the files' observer and then *observers* see in *folder*."""
    held = settings or Settings()
    seen = Observation()
    with chdir(folder):
        tree = read_paths([Path()])
        for observer in (RepositoryObserver(), *observers):
            ctx = RunContext(
                run_id="test",
                gate=GATE.id,
                scope=Scope(Config("golive/v1", Service("test", "0")), Path()),
                clock=SystemClock(),
                evidence=kept or Kept(),
                budget=RequestBudget(0),
                progress=Silent(),
                headers=(),
                observed=seen,
                sources=lambda: tree,
            )
            part = asyncio.run(observer.observe(ctx, held))
            seen = seen.with_part(observer.part.__name__, part)
    return seen


def judged_on(name: str, seen: Observation, settings: Settings | None = None) -> CheckResult:
    """The result of check *name* over *seen*, sayable in both languages."""
    return said(CHECKS[name].evaluate(seen, settings or Settings()))


def double(folder: Path, name: str, script: str) -> str:
    """A program called *name* that does what *script* says; its path."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)
