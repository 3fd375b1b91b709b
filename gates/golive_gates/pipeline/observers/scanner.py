"""gitleaks and git as processes that see nothing of the user's configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from golive.programs import Ran, run
from golive_gates.pipeline.programs.leaks import Leak, commits_scanned, last_words, leaks_in
from golive_gates.pipeline.programs.reading import NoAnswerError

_LARGEST = 16 << 20
_SETTINGS: Mapping[str, str] = {
    # A folder may belong to somebody else (a container's volume), and nothing of it may be run.
    "safe.directory": "*",
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "diff.external": "",
    "log.showSignature": "false",
    "gc.auto": "0",
    # What gitleaks reads is git log's usual form, whatever the repository asks for: a format may
    # start a program (%G?), and others hide what the first commit brought, or are no form to it.
    "format.pretty": "medium",
    "log.showRoot": "true",
    "log.date": "default",
    "log.follow": "false",
    "color.ui": "false",
    "color.diff": "false",
    "diff.noprefix": "false",
    "diff.mnemonicPrefix": "false",
    "diff.relative": "false",
    "diff.srcPrefix": "a/",
    "diff.dstPrefix": "b/",
}


def git_environment(home: Path, protocol: str = "none") -> Mapping[str, str]:
    """Variables under which git reads no configuration but the repository's, and starts nothing.

    *home*: an existing folder, in which an empty file then stands for the user's configuration.
    *protocol*: the one that it may fetch by; a repository with gaps has git start what it names.
    """
    empty = home / "no-git-configuration"
    empty.touch()
    settings = {**_SETTINGS, "core.hooksPath": str(home / "no-hooks")}
    return {
        "GIT_CONFIG_GLOBAL": str(empty),
        "GIT_CONFIG_SYSTEM": str(empty),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": protocol,
        # The history is the one that everybody has. Over grafts git complains, and gitleaks ends.
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": str(len(settings)),
        **{f"GIT_CONFIG_KEY_{n}": key for n, key in enumerate(settings)},
        **{f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(settings.values())},
    }


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of gitleaks came to.

    ``status``: its exit code. ``leaks``: ``None`` where there is no report. ``commits``: how many
    it looked at. ``problem`` and ``detail``: as of ``own.Scanned``, for what ended it.
    """

    status: int | None
    leaks: tuple[Leak, ...] | None = None
    commits: int | None = None
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Scanner:
    """gitleaks at ``program`` and git at ``git``, whose own files go below ``home``.

    ``protocol``: the one that git may clone by.
    """

    program: str
    home: Path
    git: str = ""
    protocol: str = "none"

    async def version(self, seconds: float) -> str:
        """Which gitleaks it is; empty when it does not say."""
        ran = await run(self.program, ("version",), self.home, seconds, apart=True)
        found = re.search(r"\d+\.\d+\.\d+\S*", ran.text)
        return found[0] if ran.status == 0 and found else ""

    async def scan(
        self,
        words: Sequence[str],
        folder: Path,
        seconds: float,
        env: Mapping[str, str] | None = None,
    ) -> Report:
        """``gitleaks words...`` in *folder*; the secrets are out of all that it writes.

        *words* say nothing of the report, and an exit code of 0 or a finding's is no problem.
        """
        report = Path(mkdtemp(dir=self.home)) / "report.json"
        ran = await run(
            self.program,
            (
                *words,
                *("--redact=100", "--no-banner", "--no-color"),
                *("--report-format=json", f"--report-path={report}"),
            ),
            folder,
            seconds,
            apart=True,
            home=self.home,
            env={**git_environment(self.home, self.protocol), **(env or {})},
        )
        return _reported(ran, report)

    async def run_git(self, folder: Path, seconds: float, *words: str) -> Ran:
        """``git words...`` in *folder*."""
        env = git_environment(self.home, self.protocol)
        return await run(self.git, words, folder, seconds, apart=True, home=self.home, env=env)


def _reported(ran: Ran, report: Path) -> Report:
    commits = commits_scanned(ran.errors)
    if ran.status is None:
        detail = ran.text if ran.problem == "not-started" else ""
        return Report(None, None, commits, ran.problem, detail)
    said = f"{ran.status}: {last_words(ran.errors)}"
    try:
        with report.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError:
        return Report(ran.status, None, commits, "no-answer" if ran.status == 0 else "ended", said)
    if len(content) > _LARGEST:
        return Report(ran.status, None, commits, "too-much")
    try:
        leaks = leaks_in(content.decode("utf-8", "replace"))
    except NoAnswerError as error:
        return Report(ran.status, None, commits, "no-answer", str(error))
    return Report(ran.status, leaks, commits, "" if ran.status >= 0 else "ended", said)
