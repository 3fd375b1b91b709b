"""Scripts of ``package.json`` as npm, pnpm, yarn and bun run them.

npm's "Scripts": ``npm run x`` runs ``prex``, ``x`` and ``postx``, each by ``sh -c``, until one
fails. ``bun test`` is bun's own runner; ``yarn x`` and ``pnpm x`` run a program where no script has
that name.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

MANAGERS = frozenset(("npm", "pnpm", "yarn", "bun"))
_TEST = {"test": "test", "t": "test", "tst": "test"}
_INSTALLING = dict.fromkeys(("it", "cit", "install-test", "install-ci-test"), "test")
_RUN = frozenset(("run", "run-script", "rum", "urn"))
_FOLDER = frozenset(("--prefix", "--cwd", "--dir", "-C"))
_EVERYWHERE = frozenset((
    "-w", "--workspace", "--workspaces", "-ws", "-r", "--recursive", "--filter", "-F",
    "workspace", "workspaces", "foreach",
))  # fmt: skip
_WITH_VALUE = frozenset(("--loglevel", "--script-shell", "--userconfig", "--cache", "--env-file"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. ``folder``: that it names. ``args``: which are put behind the script.

    ``sure``: it can only be a script. ``lenient``: one that is not there is no failure.
    ``several``: it runs in other packages of the repository.
    """

    name: str
    folder: str = ""
    args: tuple[str, ...] = ()
    sure: bool = True
    lenient: bool = False
    several: bool = False


def asked_of(manager: str, words: Sequence[str]) -> Asked | None:
    """The script that *manager* is asked for with *words*; ``None`` for none."""
    left, folder, options, plain = list(words), "", set[str](), list[str]()
    while left:
        word = left.pop(0)
        name, sign, value = word.partition("=")
        if word == "--" or (plain and plain[-1] not in _RUN and manager != "npm"):
            left = left if word == "--" else [word, *left]
            break
        if not word.startswith("-"):
            plain.append(word)
        elif name in _FOLDER:
            folder = value if sign else left.pop(0) if left else ""
        else:
            options.add(name)
            if not sign and left and (name in _WITH_VALUE or name in ("-w", "-F", "--filter")):
                left.pop(0)
    called = plain[:1] and plain.pop(0)
    if not called:
        return None
    if called in _EVERYWHERE:
        return Asked(" ".join((called, *plain[:2])), several=True)
    found = _named(manager, called, plain)
    if found is None:
        return None
    name, sure = found
    several = bool(options & _EVERYWHERE)
    lenient = "--if-present" in options
    return Asked(name, folder, (*plain, *left), sure, lenient, several)


def _named(manager: str, called: str, plain: list[str]) -> tuple[str, bool] | None:
    """The script and whether nothing else can be meant; takes its name off *plain*."""
    if called in _RUN:
        return (plain.pop(0), manager != "bun") if plain else None
    if manager == "bun":
        return None if called == "test" else (called, False)
    if called in _TEST:
        return "test", True
    if manager == "npm":
        return (_INSTALLING[called], True) if called in _INSTALLING else None
    return called, False


@dataclass(frozen=True, slots=True)
class PackageScript:
    """``line``: of ``package.json``, from 0."""

    name: str
    text: str
    line: int


def scripts_of(text: str) -> dict[str, PackageScript] | None:
    """The scripts of a ``package.json``; ``None`` for a text that npm refuses."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = data.get("scripts") if isinstance(data, dict) else None
    if not isinstance(listed, dict):
        return {} if isinstance(data, dict) else None
    return {
        name: PackageScript(name, body, _line(text, name))
        for name, body in listed.items()
        if isinstance(body, str)
    }


def _line(text: str, name: str) -> int:
    start = max(text.find('"scripts"'), 0)
    found = re.compile(rf"{re.escape(json.dumps(name))}\s*:").search(text, start)
    return text.count("\n", 0, found.start()) if found else 0


def run_order(scripts: dict[str, PackageScript], asked: Asked) -> list[tuple[PackageScript, str]]:
    """What is run for a script that is there, each with its text, arguments put behind."""
    names = (f"pre{asked.name}", asked.name, f"post{asked.name}")
    args = " ".join(a if "$" in a else shlex.quote(a) for a in asked.args)
    return [
        (scripts[n], f"{scripts[n].text} {args}" if n == asked.name and args else scripts[n].text)
        for n in names
        if n in scripts
    ]


def places(folder: str) -> list[str]:
    """Where a manager in *folder* looks for ``package.json``, the nearest first."""
    here = posixpath.normpath(folder or ".")
    found = []
    while here not in (".", "", "/") and not here.startswith(".."):
        found.append(posixpath.join(here, "package.json"))
        here = posixpath.dirname(here)
    return [] if here.startswith("..") else [*found, "package.json"]
