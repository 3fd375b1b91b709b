"""A project's gitleaks command to one that can do nothing but look at the throw-away repository.

Only known commands and options are taken over. What it would write is left out: the drill asks for
a report of its own. Options as of ``gitleaks --help`` of 8.30.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WORKSPACE, BASE, HEAD = "@WORKSPACE@", "@BASE@", "@HEAD@"
"""Stand for the folder that a runner clones into, and for the ends of what was pushed."""

_COMMANDS = {
    "git": "git",
    "dir": "dir",
    "directory": "dir",
    "file": "dir",
    "detect": "detect",
    "protect": "protect",
}
_SHORT = {
    "-b": "--baseline-path",
    "-c": "--config",
    "-f": "--report-format",
    "-i": "--gitleaks-ignore-path",
    "-l": "--log-level",
    "-r": "--report-path",
    "-s": "--source",
    "-v": "--verbose",
}
_FILES = frozenset(("--baseline-path", "--config"))
_FOLDERS = frozenset(("--gitleaks-ignore-path", "--source"))
_NUMBERS = frozenset(
    ("--exit-code", "--max-archive-depth", "--max-decode-depth", "--max-target-megabytes")
)
_DROPPED = frozenset(
    (
        *("--log-level", "--platform", "--report-format", "--report-path", "--report-template"),
        "--timeout",
    )
)
_SWITCHES = frozenset(
    ("--follow-symlinks", "--ignore-gitleaks-allow", "--no-git", "--pre-commit", "--staged")
)
_DROPPED_SWITCHES = frozenset(("--no-banner", "--no-color", "--verbose", "--redact"))
_RULE = re.compile(r"[A-Za-z0-9_.,-]{1,300}")
_REVISION = r"[A-Za-z0-9@][A-Za-z0-9@_./-]*(?:[~^][0-9]*)*"
_LOG_OPTION = re.compile(
    rf"""(?x)
    --(?:all|branches|tags|remotes|no-merges|merges|first-parent|full-history|reverse)
    | --(?:max-count|since|until|after|before|skip)=[A-Za-z0-9 .:+-]+
    | -n?\d+ | -n | \d+
    | \^?{_REVISION} | {_REVISION}\.{{2,3}}(?:{_REVISION})? | \.{{2,3}}{_REVISION}
    """
)


class RefusedError(ValueError):
    """``code``: why, ``detail``: the word that is the cause."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Vetted:
    """What may be run.

    ``words``: of gitleaks, in the same folder. ``files``: those that it reads as rules or
    baselines, by their paths from the workspace.
    """

    words: tuple[str, ...]
    files: tuple[str, ...] = ()


def vetted(words: Sequence[str], folder: str, value: Callable[[str], str]) -> Vetted:
    """*words* behind ``gitleaks``, run in *folder* of the workspace. Raises :class:`RefusedError`.

    *value*: a word with its variables filled in; raises the same.
    """
    return _Vetting(folder, value).done(tuple(words))


class _Vetting:
    def __init__(self, folder: str, value: Callable[[str], str]) -> None:
        self.folder = folder
        self.value = value
        self.words: list[str] = []
        self.files: list[str] = []

    def done(self, words: tuple[str, ...]) -> Vetted:
        command = ""
        places = 0
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "--":
                continue
            if word.startswith("-") and len(word) > 1:
                self._option(word, rest)
            elif not command:
                command = _command(word)
            elif places:
                raise RefusedError("word", word)
            else:
                places += 1
                self.words.append(self._path(word))
        # gitleaks 7 and before had no commands: what they were told is unknown today.
        if not command:
            raise RefusedError("command", "")
        return Vetted((command, *self.words), tuple(dict.fromkeys(self.files)))

    def _option(self, word: str, rest: list[str]) -> None:
        name, equals, joined = word.partition("=")
        name = _SHORT.get(name, name)
        if name in _DROPPED_SWITCHES:
            return
        if name in _SWITCHES:
            if joined.lower() not in ("", "true", "false", "1", "0", "t", "f"):
                raise RefusedError("option", word)
            self.words.append(word)
            return
        known = _FILES | _FOLDERS | _NUMBERS | _DROPPED | {"--log-opts", "--enable-rule"}
        if name not in known:
            raise RefusedError("option", name)
        if not equals and not rest:
            raise RefusedError("option", word)
        given = joined if equals else rest.pop(0)
        if name not in _DROPPED:
            self.words.append(f"{name}={self._checked(name, given)}")

    def _checked(self, name: str, given: str) -> str:
        if name in _FILES:
            path = self._path(given)
            self.files.append(self._inside(path))
            return path
        if name in _FOLDERS:
            return self._path(given)
        text = self.value(given)
        if name in _NUMBERS:
            if not re.fullmatch(r"\d{1,6}", text.strip()):
                raise RefusedError("option", f"{name}={text}")
            return text.strip()
        if name == "--enable-rule":
            if not _RULE.fullmatch(text):
                raise RefusedError("option", f"{name}={text}")
            return text
        for part in text.split():
            if not _LOG_OPTION.fullmatch(part):
                raise RefusedError("log-option", part)
        return text

    def _path(self, word: str) -> str:
        """*word* if it stays in the workspace."""
        text = self.value(word) or "."
        self._inside(text)
        return text

    def _inside(self, text: str) -> str:
        """Where *text* is, from the workspace."""
        if text == WORKSPACE or text.startswith(f"{WORKSPACE}/"):
            joined = text.removeprefix(WORKSPACE).lstrip("/") or "."
        elif text.startswith(("/", "~")) or "\0" in text:
            raise RefusedError("outside", text)
        else:
            joined = posixpath.join(self.folder or ".", text)
        path = posixpath.normpath(joined)
        if path == ".." or path.startswith(("../", "/")):
            raise RefusedError("outside", text)
        return path


def _command(word: str) -> str:
    if word not in _COMMANDS:
        raise RefusedError("command", word)
    return _COMMANDS[word]
