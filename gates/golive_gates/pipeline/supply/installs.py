"""Commands that install packages, and how far each holds them to what was locked.

Sources: pip's "Secure installs" (hash-checking mode), the references of uv, Poetry, Pipenv, npm,
Yarn and pnpm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["requirements", "names", "own", "lock"]
_PIP = re.compile(r"(?:.*/)?pip(?:3(?:\.\d+)?)?")
_PYTHON = re.compile(r"(?:.*/)?python(?:3(?:\.\d+)?)?")
_EXACT = re.compile(r"[\w.\[\],-]+===?[\w.!+-]+")
_EXACT_NODE = re.compile(r"(?:@[\w.-]+/)?[\w.-]+@v?\d+\.\d+\.\d+[\w.+-]*")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:#|$)")
_VALUED = """
-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links
-t --target --prefix --root --platform --python-version --implementation --abi --only-binary
--no-binary --proxy --trusted-host --cache-dir --python -p --upgrade-strategy --progress-bar
--timeout --retries --src --log --config-settings -C --group --extra --index --default-index
--report --exclude-newer --index-strategy -w --wheel-dir -d --dest --cert --client-cert
--root-user-action --use-feature --build-constraint -b
"""
_WITH_VALUE = frozenset(_VALUED.split())
_ARCHIVES = (".whl", ".tar.gz", ".zip")
BOOTSTRAP = frozenset(("pip", "setuptools", "wheel"))


@dataclass(frozen=True, slots=True)
class Install:
    """One of them.

    ``kind``: by requirement files, by names, the own project with its dependencies, or by the
    lock of a project. ``targets``: those files or names, or the lock files that may hold it.
    ``held``: whether nothing but what is locked can come (hashes asked for, lock frozen).
    ``tool``: what a sentence calls it.
    """

    tool: str
    kind: Kind
    targets: tuple[str, ...]
    held: bool = False


def installs(words: Sequence[str], env: Sequence[str] = (), *, in_ci: bool) -> Iterator[Install]:
    """What the command *words* installs; *in_ci*: the forge sets ``CI``, as it does in jobs."""
    if not words:
        return
    program, rest = words[0].rpartition("/")[2], list(words[1:])
    if _PYTHON.fullmatch(words[0]) and rest[:1] == ["-m"] and len(rest) > 1:
        program, rest = rest[1], rest[2:]
    if program == "uv" and rest[:1] == ["pip"]:
        program, rest = "pip", rest[1:]
    if _PIP.fullmatch(program) or program == "pip":
        yield from _pip(rest, env)
    elif program in ("pipx", "uvx") or (program == "uv" and rest[:1] == ["tool"]):
        yield from _tool(program, rest)
    else:
        found = _project(program, rest, env, in_ci=in_ci)
        if found is not None:
            yield found


def _pip(rest: Sequence[str], env: Sequence[str]) -> Iterator[Install]:
    command = next((w for w in rest if not w.startswith("-")), "")
    if command not in ("install", "wheel", "download", "sync"):
        return
    words = list(rest)[list(rest).index(command) + 1 :]
    flags = {w.partition("=")[0] for w in words if w.startswith("-")}
    if "--no-index" in flags or "PIP_NO_INDEX=1" in env or "--dry-run" in flags:
        return
    hashed = "--require-hashes" in flags or any(
        e.lower() in ("pip_require_hashes=1", "pip_require_hashes=true") for e in env
    )
    files, names, own = _pip_targets(words)
    if command == "sync":
        files, names = names, []
    if files:
        yield Install("pip", "requirements", tuple(files), hashed)
    if names:
        yield Install("pip", "names", tuple(names), hashed)
    if own and "--no-deps" not in flags:
        yield Install("pip", "own", tuple(own), hashed)


def _pip_targets(words: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Requirement files, names, and folders that are installed as projects."""
    files: list[str] = []
    names: list[str] = []
    own: list[str] = []
    for option, value in _options(words):
        if option in ("-r", "--requirement"):
            files.append(value)
        elif option in ("-e", "--editable") or (not option and _is_local(value)):
            if not value.endswith(_ARCHIVES):
                own.append(value)
        elif not option and not value.startswith((">", "<", "2>")) and not _COMMIT.search(value):
            names.append(value)
    return files, names, own


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Option and value of each, the option empty for what stands by itself."""
    waiting = ""
    for word in words:
        option, has, value = word.partition("=")
        if waiting:
            yield waiting, word
            waiting = ""
        elif not word.startswith("-"):
            yield "", word
        elif word.startswith("-r") and len(word) > 2:
            yield "-r", word[2:]
        elif has:
            yield option, value
        elif option in _WITH_VALUE:
            waiting = option


def _is_local(value: str) -> bool:
    if value.startswith((".", "/", "file:")) or value.endswith(_ARCHIVES):
        return "://" not in value or value.startswith("file:")
    return "/" in value and "://" not in value and "@" not in value and not value.startswith("git+")


def _tool(program: str, rest: list[str]) -> Iterator[Install]:
    words = rest[1:] if program == "uv" else rest
    if program != "uvx":
        if words[:1] not in (["install"], ["run"]):
            return
        words = words[1:]
    name = next((w for w in words if not w.startswith("-")), "")
    if name and not _is_local(name):
        yield Install(program, "names", (name,))


def _project(
    program: str, rest: Sequence[str], env: Sequence[str], *, in_ci: bool
) -> Install | None:
    flags = {w.partition("=")[0] for w in rest if w.startswith("-")}
    plain = [w for w in rest if not w.startswith("-")]
    command = plain[0] if plain else ""
    if program == "uv" and command == "sync":
        held = bool(flags & {"--locked", "--frozen"}) or any(
            e.startswith(("UV_LOCKED=", "UV_FROZEN=")) for e in env
        )
        return Install("uv sync", "lock", ("uv.lock",), held)
    if program == "poetry" and command in ("install", "sync"):
        return Install("poetry", "lock", ("poetry.lock",), held=True)
    if program == "pipenv" and command in ("install", "sync"):
        held = command == "sync" or bool(flags & {"--deploy", "--ignore-pipfile"})
        return Install("pipenv", "lock", ("Pipfile.lock",), held)
    if program in ("npm", "yarn", "pnpm"):
        return _node(program, command, plain[1:], flags, in_ci=in_ci)
    return None


def _node(
    program: str, command: str, names: Sequence[str], flags: set[str], *, in_ci: bool
) -> Install | None:
    locks = {
        "npm": ("package-lock.json", "npm-shrinkwrap.json"),
        "yarn": ("yarn.lock",),
        "pnpm": ("pnpm-lock.yaml",),
    }[program]
    if program == "npm" and command in ("ci", "clean-install"):
        return Install("npm ci", "lock", locks, held=True)
    adding = command in ("install", "i", "add") or (program == "yarn" and not command)
    if not adding or flags & {"--version", "--help"}:
        return None
    if names:
        return Install(program, "names", tuple(n for n in names if not n.startswith(".")))
    frozen = bool(flags & {"--frozen-lockfile", "--immutable"}) or (program == "pnpm" and in_ci)
    return Install(
        f"{program} install", "lock", locks, frozen and "--no-frozen-lockfile" not in flags
    )


def exact(tool: str, name: str) -> bool:
    """Whether *name* states one version of what it installs (its dependencies stay open)."""
    if tool in ("npm", "yarn", "pnpm"):
        return bool(_EXACT_NODE.fullmatch(name))
    return bool(_EXACT.fullmatch(name)) or (tool == "uvx" and bool(_EXACT_NODE.fullmatch(name)))
