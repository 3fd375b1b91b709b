"""gitleaks over the release's own files and history, with its own rules and the project's."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.programs import found
from golive_gates.pipeline.observers.scanner import Report, Scanner
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.planting.calls import Call, calls_of, files_named
from golive_gates.pipeline.programs.baselines import baseline, without_known
from golive_gates.pipeline.programs.leaks import Leak
from golive_gates.pipeline.programs.own import History, OwnScan, OwnSecrets, Scanned
from golive_gates.pipeline.settings import Settings

NAME = "own-secrets"
TIMEOUT = 120.0
"""Seconds that one run may take: gitleaks reads some ten megabytes in one."""
SHORT = 20.0
USUAL = 5.0
LEAKED = 99
"""The exit code for findings: gitleaks' own 1 is that of its failures too."""
MOST_ASKED = 500
_LARGEST = 2 << 20
DEFAULT_RULES = "[extend]\nuseDefault = true\n"
CONFIGS = (".gitleaks.toml", "gitleaks.toml", ".github/.gitleaks.toml", ".github/gitleaks.toml")
_EVERY_COMMIT = "--all --full-history --no-ext-diff --no-textconv"
_KINDS: tuple[tuple[Literal["tree", "history"], str], ...] = (("tree", "dir"), ("history", "git"))


class OwnSecretsObserver:
    """Runs gitleaks over the repositories of the pipelines; sends nothing."""

    part = OwnSecrets
    lane = Lane.QUIET  # After the files: it has to know which repositories there are.
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork(NAME, self.lane, 0, USUAL),)

    async def observe(self, ctx: RunContext, settings: Settings) -> OwnSecrets | Unavailable:
        """Where it found something, or that it is not installed."""
        pipeline = ctx.observed.find(Pipeline)
        if isinstance(pipeline, Unavailable):
            return pipeline
        program = found("gitleaks")
        if program is None:
            return Unavailable(Reason("gitleaks-missing"), kind="absent")
        with TemporaryDirectory(prefix="golive-gitleaks-") as home:
            scanner = Scanner(program, Path(home), found("git") or "")
            version = await scanner.version(SHORT)
            scans = [
                await _Own(scanner, repository, folder).scanned(
                    calls_of(repository, settings.deploy_jobs)
                )
                for repository in pipeline.repositories
                if (folder := folder_of(ctx.scope.base, repository.root)) is not None
            ]
        text = json.dumps([asdict(s) for s in scans], ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("own-secrets.json", text, "application/json")
        return OwnSecrets(version, tuple(scans), (evidence,))


def read_inside(folder: Path, path: str) -> str | None:
    """The text at *path* of *folder*; ``None`` outside of it, in git's own, or if it is large."""
    path = posixpath.normpath(path)
    if path.startswith(("..", "/")) or ".git" in path.lower().split("/"):
        return None
    root = folder.resolve()
    target = (root / path).resolve()
    if not target.is_relative_to(root) or not target.is_file():
        return None
    try:
        with target.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError:
        return None
    return content.decode("utf-8", "replace") if len(content) <= _LARGEST else None


def folder_of(base: Path, root: str) -> Path | None:
    """Where the repository is that findings print as *root*."""
    return next((p for p in (base.absolute() / root, Path.cwd() / root) if p.is_dir()), None)


@dataclass(frozen=True, slots=True)
class _Own:
    scanner: Scanner
    repository: Repository
    folder: Path

    async def scanned(self, calls: Sequence[Call]) -> OwnScan:
        """*calls*: the project's own commands, which may name rules and what they let pass."""
        history = await self._history()
        named = (*files_named(calls, "--config"), *CONFIGS)
        config = next((c for c in named if read_inside(self.folder, c) is not None), "")
        ignored = (self.repository.text(".gitleaksignore") or "").splitlines()
        entries = [e for e in ignored if e.strip() and not e.strip().startswith("#")]
        seen = OwnScan(self.repository.root, history, (), config, len(entries))
        rules = self.scanner.home / "default.toml"
        rules.write_text(DEFAULT_RULES, encoding="utf-8")
        default = (f"--config={rules}", "--ignore-gitleaks-allow")
        # Without a configuration of its own, the project has gitleaks' rules and its comments.
        project = (f"--config={self.folder / config if config else rules}",)
        runs: list[Scanned] = []
        for what, command in _KINDS:
            if what == "history" and history not in ("whole", "shallow"):
                continue
            options = (f"--log-opts={_EVERY_COMMIT} -- .",) if what == "history" else ()
            words = (command, *options, f"--exit-code={LEAKED}")
            report = await self._scan(*words, *default)
            runs.append(_as_run(what, "default", report))
            report = await self._scan(*words, *project)
            runs.append(_as_run(what, "project", report))
        known = frozenset(
            leak
            for path in files_named(calls, "--baseline-path")
            for leak in baseline(read_inside(self.folder, path) or "")
        )
        return await self._under_control(without_known(replace(seen, runs=tuple(runs)), known))

    async def _scan(self, *words: str) -> Report:
        return await self.scanner.scan((*words, "."), self.folder, TIMEOUT)

    async def _history(self) -> History:
        if not self.scanner.git:
            return "git-missing"
        inside = await self._git("rev-parse", "--is-inside-work-tree")
        if inside[0] != 0 or inside[1] != "true":
            return "git-refuses" if any((p / ".git").exists() for p in self._above()) else "no-git"
        commits = await self._git("rev-list", "--all", "--max-count=1", "--", ".")
        if commits[0] != 0:
            return "git-refuses"
        if not commits[1]:
            return "no-commits"
        shallow = await self._git("rev-parse", "--is-shallow-repository")
        return "whole" if shallow == (0, "false") else "shallow"

    def _above(self) -> tuple[Path, ...]:
        here = self.folder.resolve()
        return (here, *here.parents)

    async def _git(self, *words: str) -> tuple[int | None, str]:
        ran = await self.scanner.run_git(self.folder, SHORT, *words)
        return ran.status, ran.text.strip()

    async def _under_control(self, seen: OwnScan) -> OwnScan:
        """Without findings in files that git ignores: they are this machine's alone."""
        paths = {leak.path for run in seen.runs if run.what == "tree" for leak in run.leaks}
        if seen.history in ("no-git", "git-missing", "git-refuses") or not paths:
            return seen
        asked = [f"./{path}" for path in sorted(paths)[:MOST_ASKED]]
        _, text = await self._git("check-ignore", "--", *asked)
        ignored = {path.removeprefix("./") for path in text.splitlines() if path}
        runs = [
            replace(r, leaks=_but(r.leaks, ignored)) if r.what == "tree" else r for r in seen.runs
        ]
        count = len(ignored & paths)
        return replace(seen, runs=tuple(runs), uncontrolled=count)


def _but(leaks: Sequence[Leak], paths: set[str]) -> tuple[Leak, ...]:
    return tuple(leak for leak in leaks if leak.path not in paths)


def _as_run(
    what: Literal["tree", "history"], rules: Literal["default", "project"], report: Report
) -> Scanned:
    leaks = report.leaks or ()
    problem = report.problem
    if not problem and report.status not in (0, LEAKED):
        problem = "ended"
    if not problem and (report.status == LEAKED) is not bool(leaks):
        problem = "contradiction"
    if not problem and what == "history" and not report.commits:
        # A git log that fails is none to gitleaks: it says "0 commits scanned" and exits with 0.
        problem = "nothing-scanned"
    detail = report.detail if problem else ""
    return Scanned(what, rules, leaks, problem, detail, report.commits or 0)
