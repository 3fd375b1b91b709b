"""The drill: keys are planted in a throw-away repository, and the project's scans look for them."""

from __future__ import annotations

import json
import posixpath
import secrets
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.programs import found
from golive_gates.pipeline.observers.gitleaks import (
    DEFAULT_RULES,
    LEAKED,
    folder_of,
    read_inside,
)
from golive_gates.pipeline.observers.scanner import Report, Scanner
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.planting.calls import Call, calls_of
from golive_gates.pipeline.planting.garden import BASE_BRANCH, BRANCH, Commit, Garden, garden
from golive_gates.pipeline.planting.parts import CommandRun, Drill, Planted, PlantedKey
from golive_gates.pipeline.planting.vetting import BASE, HEAD, WORKSPACE
from golive_gates.pipeline.programs.leaks import Leak
from golive_gates.pipeline.settings import Settings

NAME = "planted-secret"
TIMEOUT = 60.0
"""Seconds that one scan of a handful of commits may take; it usually takes 0.4."""
SHORT = 20.0
USUAL = 5.0
MOST_CALLS = 20
_AUTHOR = ("-c", "user.name=golive", "-c", "user.email=golive@localhost", "-c", "commit.gpgSign=0")


class PlantedObserver:
    """Runs the project's own scans on keys that golive has made up; sends nothing."""

    part = Planted
    lane = Lane.QUIET  # After the files: it has to know the pipelines.
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork(NAME, self.lane, 0, USUAL),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Planted | Unavailable:
        """Which keys each scan found, or that a program is not installed."""
        pipeline = ctx.observed.find(Pipeline)
        if isinstance(pipeline, Unavailable):
            return pipeline
        program, git = found("gitleaks"), found("git")
        if program is None or git is None:
            missing = "gitleaks-missing" if program is None else "git-missing"
            return Unavailable(Reason(missing), kind="absent")
        drills: list[Drill] = []
        version = ""
        for repository in pipeline.repositories:
            # The keys are in here and nowhere else; it is gone when the drill is over.
            with TemporaryDirectory(prefix="golive-planted-") as home:
                scanner = Scanner(program, Path(home), git, "file")
                version = version or await scanner.version(SHORT)
                calls = calls_of(repository, settings.deploy_jobs)
                around = folder_of(ctx.scope.base, repository.root)
                drills.append(await _Drill(scanner, repository, around).held(calls))
        text = json.dumps([asdict(d) for d in drills], ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("planted-secret.json", text, "application/json")
        return Planted(version, tuple(drills), (evidence,))


class _GitFailedError(RuntimeError):
    """What git said."""


@dataclass(frozen=True, slots=True)
class _Drill:
    scanner: Scanner
    repository: Repository
    around: Path | None

    async def held(self, calls: tuple[Call, ...]) -> Drill:
        planted = garden(secrets.choice)
        root = self.repository.root
        if not any(call.vetted for call in calls):
            return Drill(root, (), (), tuple(_not_run(call) for call in calls))
        try:
            base, head = await self._grown(planted, self._own_files(calls))
            control = await self._control(planted.keys)
            runs = await self._runs(calls, planted.keys, base, head)
        except _GitFailedError as error:
            return Drill(root, planted.keys, problem="git-failed", detail=str(error))
        return Drill(root, planted.keys, control, tuple(runs))

    async def _runs(
        self, calls: tuple[Call, ...], keys: tuple[PlantedKey, ...], base: str, head: str
    ) -> list[CommandRun]:
        """What came of each, run once where several are the same."""
        distinct = dict.fromkeys(_same(call) for call in calls if call.vetted)
        known: dict[Call, CommandRun] = {}
        for number, call in enumerate(tuple(distinct)[:MOST_CALLS]):
            known[call] = await self._run(call, keys, base, head, number)
        many = ("too-many", str(len(distinct)))
        return [
            replace(known[same], subject=call.subject, path=call.path, line=call.line)
            if (same := _same(call)) in known
            else _not_run(call, many if call.vetted else None)
            for call in calls
        ]

    def _own_files(self, calls: Iterable[Call]) -> dict[str, str]:
        """The project's rules, its list of what is let through, and what its commands name."""
        # Read anew: what looks like a key is masked in what was read for the checks.
        texts = self.repository.texts or {}
        named = (p for p in texts if "gitleaks" in posixpath.basename(p).lower())
        own = {p: t for p in named if (t := self._read(p)) is not None}
        wanted = [self._named(c, f) for c in calls if c.vetted for f in c.vetted.files]
        wanted += [path for text in own.values() if (path := _extended(text))]
        for _ in range(3):  # Rules that extend others, which extend others.
            for path in tuple(wanted):
                text = own.get(path) if path in own else self._read(path)
                if path and text is not None and path not in own:
                    own[path] = text
                    wanted += [more] if (more := _extended(text)) else []
        return own

    def _named(self, call: Call, file: str) -> str:
        """The file at *file* of the workspace, from the repository's root."""
        return file if call.checkout == "." else file.removeprefix(f"{call.checkout}/")

    def _read(self, path: str) -> str | None:
        return None if self.around is None else read_inside(self.around, path)

    async def _grown(self, planted: Garden, own: dict[str, str]) -> tuple[str, str]:
        """The repository ``origin``; its first commit and its last."""
        origin = self.scanner.home / "origin"
        origin.mkdir()
        await self._git(origin, "init", "--quiet", "--template=", f"--initial-branch={BASE_BRANCH}")
        first, *others = planted.commits
        base = await self._commit(origin, Commit(first.message, {**own, **first.files}))
        await self._git(origin, "checkout", "--quiet", "-b", BRANCH)
        head = base
        for commit in others:
            head = await self._commit(origin, commit)
        return base, head

    async def _commit(self, origin: Path, commit: Commit) -> str:
        for path, text in commit.files.items():
            target = origin / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        await self._git(origin, "add", "--force", "--all")
        await self._git(origin, *_AUTHOR, "commit", "--quiet", "--message", commit.message)
        return (await self._git(origin, "rev-parse", "HEAD")).strip()

    async def _git(self, folder: Path, *words: str) -> str:
        ran = await self.scanner.run_git(folder, SHORT, *words)
        if ran.status != 0:
            said = " ".join(ran.errors.replace(str(self.scanner.home), "").split())
            raise _GitFailedError(f"git {words[0]}: {ran.problem or said}"[:300])
        return ran.text

    async def _cloned(self, to: Path, depth: int) -> None:
        """As actions/checkout does: with a depth one commit of one branch, else all of them."""
        limit = (f"--depth={depth}", "--single-branch") if depth else ()
        to.parent.mkdir(parents=True, exist_ok=True)
        await self._git(
            self.scanner.home,
            *("clone", "--quiet", "--template=", f"--branch={BRANCH}", *limit),
            *((self.scanner.home / "origin").as_uri(), str(to)),
        )

    async def _control(self, keys: tuple[PlantedKey, ...]) -> tuple[int, ...]:
        """What gitleaks finds with its own rules and nothing let through."""
        folder = self.scanner.home / "control"
        await self._cloned(folder, 0)
        rules = self.scanner.home / "control.toml"
        rules.write_text(DEFAULT_RULES, encoding="utf-8")
        found_: set[int] = set()
        for command in ("git", "dir"):
            words = (command, f"--config={rules}", "--ignore-gitleaks-allow")
            report = await self.scanner.scan(
                (*words, f"--exit-code={LEAKED}", "."), folder, TIMEOUT
            )
            if report.status == LEAKED and not report.problem:
                found_ |= set(_positions(report, keys, folder, folder))
        return tuple(sorted(found_))

    async def _run(
        self, call: Call, keys: tuple[PlantedKey, ...], base: str, head: str, number: int
    ) -> CommandRun:
        if call.vetted is None:
            return _not_run(call)
        workspace = self.scanner.home / "work" / str(number)
        clone = workspace / call.checkout
        await self._cloned(clone, call.depth)
        folder = workspace / call.folder
        folder.mkdir(parents=True, exist_ok=True)
        for file in call.vetted.files:
            if not (workspace / file).is_file():
                return _not_run(call, ("no-file", file))
        words = [
            w.replace(WORKSPACE, str(workspace)).replace(BASE, base).replace(HEAD, head)
            for w in call.vetted.words
        ]
        report = await self.scanner.scan(words, folder, TIMEOUT)
        shutil.rmtree(workspace, ignore_errors=True)
        problem = report.problem
        if not problem and report.leaks is None:
            problem = "no-answer"
        if not problem and report.status not in (0, None) and not report.leaks:
            problem = "ended"
        return CommandRun(
            call.subject,
            call.path,
            call.line,
            ("gitleaks", *call.vetted.words),
            call.depth,
            report.status,
            _positions(report, keys, folder, clone),
            problem,
            report.detail.replace(str(self.scanner.home), "") if problem else "",
        )


def _positions(
    report: Report, keys: tuple[PlantedKey, ...], folder: Path, clone: Path
) -> tuple[int, ...]:
    """Which of *keys* are in *report*: by file and line, whatever rule it was."""
    places = {place for leak in report.leaks or () for place in _places(leak, folder, clone)}
    return tuple(n for n, key in enumerate(keys) if (key.path, key.line) in places)


def _places(leak: Leak, folder: Path, clone: Path) -> Iterable[tuple[str, int]]:
    """``git`` says paths from the repository's root, ``dir`` those that it was given."""
    if leak.commit:
        yield leak.path, leak.line
        return
    path = posixpath.normpath(posixpath.join(str(folder), leak.path))
    yield path.removeprefix(f"{clone}/"), leak.line


def _same(call: Call) -> Call:
    """*call* without where it stands: equal for those that do the same."""
    return replace(call, subject="", path="", line=None)


def _not_run(call: Call, cause: tuple[str, str] | None = None) -> CommandRun:
    code, detail = cause or call.refused
    return CommandRun(call.subject, call.path, call.line, problem=code, detail=detail)


def _extended(text: str) -> str:
    """The file of rules that these extend."""
    try:
        extend = tomllib.loads(text).get("extend", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    path = extend.get("path", "") if isinstance(extend, dict) else ""
    return posixpath.normpath(path) if isinstance(path, str) and path else ""
