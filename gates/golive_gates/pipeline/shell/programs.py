"""Which program a command line really runs: what only starts another one is taken off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """``name``: without folder and ``.exe``; empty where none could be told. ``args``: its own.

    ``starters``: what was taken off, outermost first. ``image``: of the container it runs in.
    """

    name: str
    args: tuple[str, ...] = ()
    starters: tuple[str, ...] = ()
    image: str = ""


_WITH_VALUE = {
    "sudo": ("-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "--user", "--group", "--chdir"),
    "timeout": ("-s", "-k", "--signal", "--kill-after"),
    "nice": ("-n", "--adjustment"),
    "ionice": ("-c", "-n", "-p", "--class", "--classdata"),
    "stdbuf": ("-i", "-o", "-e", "--input", "--output", "--error"),
    "env": ("-u", "-C", "-S", "--unset", "--chdir", "--split-string"),
    "time": ("-f", "-o", "--format", "--output"),
    "xargs": ("-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--max-args", "--max-procs"),
    "uv": ("--with", "--python", "-p", "--extra", "--group", "--project", "--directory",
           "--env-file", "--with-requirements", "--package", "--index", "--only-group",
           "--with-editable"),
    "uvx": ("--from", "--with", "--python", "-p", "--index"),
    "pipx": ("--spec", "--python", "--pip-args", "--index-url"),
    "poetry": ("-C", "-P", "--directory", "--project"),
    "pipenv": ("--python",),
    "hatch": ("-e", "--env", "-p", "--project"),
    "pdm": ("-p", "--project", "-s", "--site-packages"),
    "npx": ("-p", "--package", "-c", "--call"),
    "coverage": ("--source", "--rcfile", "--omit", "--include", "--data-file", "--context",
                 "--concurrency"),
    "python": ("-W", "-X", "--check-hash-based-pycs"),
    "docker": (
        "-v", "--volume", "-e", "--env", "--env-file", "-w", "--workdir", "--name", "--network",
        "--net", "-u", "--user", "--entrypoint", "--platform", "-p", "--publish", "--mount",
        "-l", "--label", "-m", "--memory", "--cpus", "--add-host", "--cap-add", "--cap-drop",
        "--security-opt", "--tmpfs", "--pull", "-h", "--hostname", "--gpus", "--volumes-from",
        "--ulimit", "--shm-size", "--ipc", "--pid", "-f", "--file", "--profile", "--index",
        "-c", "--context", "--log-level", "-H", "--host",
    ),
}  # fmt: skip
_PLAIN = frozenset((
    "command", "builtin", "exec", "env", "nohup", "setsid", "time", "nice", "ionice", "stdbuf",
    "sudo", "doas", "unbuffer", "xvfb-run", "chronic", "catchsegv", "uvx", "npx", "bunx",
    "xargs", "tsp", "caffeinate", "cross-env", "nyc", "c8",
))  # fmt: skip
_RUN = {
    "uv": ("run",), "poetry": ("run",), "pipenv": ("run",), "pdm": ("run",), "hatch": ("run",),
    "rye": ("run",), "pipx": ("run",), "conda": ("run",), "micromamba": ("run",),
    "pixi": ("run",), "pnpm": ("exec", "dlx"), "npm": ("exec",), "yarn": ("exec", "dlx"),
    "bun": ("x",), "coverage": ("run",), "doppler": ("run",), "op": ("run",), "infisical": ("run",),
    "mise": ("exec", "x"), "rtx": ("exec",), "asdf": ("exec",), "bundle": ("exec",),
    "devbox": ("run",), "dotenvx": ("run",), "dotenv": ("run",),
}  # fmt: skip
_IMAGES = {
    "gitleaks": r"(?:^|/)gitleaks(?:/gitleaks)?$", "trivy": r"(?:^|/)trivy$",
    "grype": r"(?:^|/)grype$", "trufflehog": r"(?:^|/)trufflehog$", "snyk": r"(?:^|/)snyk$",
    "ggshield": r"(?:^|/)ggshield$", "zizmor": r"(?:^|/)zizmor$",
    "actionlint": r"(?:^|/)actionlint$", "hadolint": r"(?:^|/)hadolint$",
    "checkov": r"(?:^|/)checkov$", "semgrep": r"(?:^|/)semgrep$",
    "syft": r"(?:^|/)syft$", "dockle": r"(?:^|/)dockle$",
}  # fmt: skip
"""Images whose entry point is the program of that name."""
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*|py")
_SET = re.compile(r"\w+=.*", re.DOTALL)
MOST_STARTERS = 8


def program_of(words: Sequence[str]) -> Program:
    """The program that *words* run. ``python -m x`` is ``x``."""
    left = list(words)
    starters: list[str] = []
    image = ""
    while left and len(starters) < MOST_STARTERS:
        name = _name(left[0])
        rest, found = _without(name, left[1:])
        if found:
            image = found
            known = next((p for p, r in _IMAGES.items() if re.search(r, _untagged(found))), "")
            entry = _option(left[1:], "--entrypoint")
            if entry:
                rest = [entry, *(rest or [])]
            elif known and not (rest and _name(rest[0]) == known):
                rest = [known, *(rest or [])]
        if rest is None:
            return Program(name, tuple(left[1:]), tuple(starters), image)
        starters.append(name)
        left = rest
    return Program("", (), tuple(starters), image)


def _name(word: str) -> str:
    name = word.rstrip("/").rpartition("/")[2] if "${{" not in word else word
    return name.removesuffix(".exe")


def _untagged(image: str) -> str:
    return re.sub(r"(?<!/)(?::[^/]*)$", "", image.partition("@")[0])


def _without(name: str, rest: list[str]) -> tuple[list[str] | None, str]:
    """What *name* starts with the words *rest*, ``None`` where it starts nothing; the image."""
    if name in ("docker", "podman", "nerdctl"):
        return _container(rest)
    if name in ("docker-compose", "podman-compose"):
        return _container(["compose", *rest])
    return _started(name, rest) or None, ""


def _started(name: str, rest: list[str]) -> list[str] | None:
    if name in _PLAIN:
        return _skipped(rest, name, assignments=name in ("sudo", "env", "cross-env"))
    if name == "timeout":
        return _skipped(rest, name)[1:]
    if _PYTHON.fullmatch(name):
        return _module(rest)
    if name in _RUN:
        return _subcommand(name, rest)
    if name == "find":
        at = next((n for n, w in enumerate(rest) if w in ("-exec", "-execdir")), len(rest))
        return [w for w in rest[at + 1 :] if w not in (";", "+")]
    return None


def _skipped(rest: list[str], name: str, *, assignments: bool = False) -> list[str]:
    """*rest* without the options of *name* and, where they are allowed, assignments."""
    left = list(rest)
    with_value = _WITH_VALUE.get(name, ())
    while left and (left[0].startswith("-") or (assignments and _SET.fullmatch(left[0]))):
        word = left.pop(0)
        if word == "--":
            break
        if word in with_value and left:
            left.pop(0)
    return left


def _module(rest: list[str]) -> list[str] | None:
    left = list(rest)
    while left and left[0].startswith("-"):
        word = left.pop(0)
        if word == "-m":
            return left or None
        if word == "-c":
            return None
        if word.startswith("-") and not word.startswith("--") and word.endswith("m") and left:
            return left
        if word in _WITH_VALUE["python"] and left:
            left.pop(0)
    return None


def _subcommand(name: str, rest: list[str]) -> list[str] | None:
    left = _skipped(rest, name)
    if not left or left[0] not in _RUN[name]:
        return None
    left = _skipped(left[1:], name, assignments=True)
    if name == "coverage" and "-m" in rest:
        return rest[rest.index("-m") + 1 :] or None
    if name in ("uv", "pdm") and "-m" in rest[: max(1, len(rest) - len(left))]:
        return left or None
    if left and name == "hatch" and ":" in left[0]:
        environment, _, script = left[0].rpartition(":")
        left[0] = environment if script in ("run", "cov") else script
    return left or None


def _container(rest: list[str]) -> tuple[list[str] | None, str]:
    left = _skipped(rest, "docker")
    if left and left[0] == "container":
        left = left[1:]
    composed = bool(left) and left[0] == "compose"
    if composed:
        left = _skipped(left[1:], "docker")
    if not left or left[0] not in ("run", "exec"):
        return None, ""
    kind = left[0]
    left = _skipped(left[1:], "docker")
    if not left:
        return None, ""
    if composed or kind == "exec":
        return left[1:] or None, ""
    return left[1:] or None, left[0]


def _option(words: list[str], name: str) -> str:
    for n, word in enumerate(words):
        if word == name and n + 1 < len(words):
            return words[n + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""
