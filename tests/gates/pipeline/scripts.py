"""Steps and repositories for tests of the shell, and a real shell to hold predictions against."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from golive.sources.tree import FileKind, PlainDocument
from golive_gates.pipeline.model.records import Place, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.shell.commands import Command, Script, commands_of

PLACE = Place(PlainDocument(FileKind.WORKFLOW, {}, "ci.yml"))
INVOCATIONS: Mapping[str, list[str]] = {
    "": ["bash", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
    "bash {0}": ["bash"],
    "sh": ["sh", "-e"],
    "sh {0}": ["sh"],
}
"""How GitHub starts the shell of a step, after "Workflow syntax for GitHub Actions"."""


def script(run: str, shell: str = "", files: Mapping[str, str] | None = None) -> Script:
    """What a step with *run* does in a repository of *files*."""
    repository = Repository("", texts=files or {}, names=frozenset(files or {}))
    return commands_of(Step(PLACE, 0, run=run, shell=shell), repository)


def command(
    run: str, shell: str = "", files: Mapping[str, str] | None = None, name: str = "scan"
) -> Command:
    """The one command of that *name*."""
    (found,) = [c for c in script(run, shell, files).commands if c.program().name == name]
    return found


def said(run: str, shell: str = "", files: Mapping[str, str] | None = None) -> str:
    """``stops``, ``lost``, ``unsure`` or ``not-run`` for the scanner of *run*."""
    fate = command(run, shell, files).fate
    if fate.unsure:
        return "unsure"
    return "not-run" if fate.lost == ("not-run",) else "lost" if fate.lost else "stops"


@dataclass(frozen=True)
class Bench:
    """A folder with a scanner that always fails (``scan``) and a program that does not (``ok``)."""

    folder: Path

    def prepared(self) -> Bench:
        """It, with its programs in place."""
        programs = {"scan": ': > "$RAN"\nexit 1\n', "ok": "exit 0\n"}
        for name, text in programs.items():
            (self.folder / name).write_text(f"#!/bin/sh\n{text}")
            (self.folder / name).chmod(0o755)
        return self

    def real(self, run: str, shell: str) -> str:
        """What a real shell makes of it: ``stops``, ``lost`` or ``not-run``."""
        file, ran = self.folder / "step.sh", self.folder / "ran"
        file.write_text(f"{run}\n")
        ran.unlink(missing_ok=True)
        done = subprocess.run(
            [*INVOCATIONS[shell], str(file)],
            env={"PATH": f"{self.folder}:/usr/bin:/bin", "RAN": str(ran)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        if not ran.exists():
            return "not-run"
        return "stops" if done.returncode else "lost"
