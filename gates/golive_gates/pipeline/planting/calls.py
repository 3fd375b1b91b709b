"""The scans that a deployment waits for, as calls that the drill can make."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.planting.vetting import (
    BASE,
    HEAD,
    WORKSPACE,
    RefusedError,
    Vetted,
    vetted,
)
from golive_gates.pipeline.scans.commands import commands_of, known_text, program_in
from golive_gates.pipeline.scans.gating import scans_before
from golive_gates.pipeline.scans.history import problems_of
from golive_gates.pipeline.scans.known import action_named
from golive_gates.pipeline.scans.model import Scan

# What the action itself runs on a push, and how it fails. Source: src/gitleaks.js of
# gitleaks/gitleaks-action.
_ACTION = ("detect", "--exit-code=2", f"--log-opts=--no-merges --first-parent {BASE}..{HEAD}")
_WORKSPACES = frozenset(("github.workspace", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "PWD"))
_REFS = {
    "github.sha": HEAD,
    "github.event.after": HEAD,
    "github.event.pull_request.head.sha": HEAD,
    "GITHUB_SHA": HEAD,
    "CI_COMMIT_SHA": HEAD,
    "github.event.before": BASE,
    "github.event.pull_request.base.sha": BASE,
    "github.event.merge_group.base_sha": BASE,
    "CI_COMMIT_BEFORE_SHA": BASE,
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE,
    "github.base_ref": "main",
    "GITHUB_BASE_REF": "main",
    "github.event.repository.default_branch": "main",
    "CI_DEFAULT_BRANCH": "main",
    "github.head_ref": "change",
    "github.ref_name": "change",
    "GITHUB_HEAD_REF": "change",
    "GITHUB_REF_NAME": "change",
}
_VARIABLE = re.compile(
    r"\$\{\{\s*(?P<expression>[^{}]*?)\s*\}\}|\$\{(?P<braced>\w+)\}|\$(?P<bare>\w+)"
    r"|\$\((?P<command>\s*pwd\s*)\)|`(?P<quoted>\s*pwd\s*)`"
)
_MOUNT = re.compile(r"(?P<source>[^:]+):(?P<target>/[^:]*)(?::\w+)?")


@dataclass(frozen=True, slots=True)
class Call:
    """One scan. ``vetted``: what to run, or ``refused``: why not, by code and word.

    ``folder``: where, from the workspace; ``checkout``: where the clone is, from there too.
    ``depth``: commits of the clone, 0 for all of them.
    """

    subject: str
    path: str
    line: int | None
    vetted: Vetted | None
    refused: tuple[str, str] = ("", "")
    folder: str = "."
    checkout: str = "."
    depth: int = 0


def calls_of(repository: Repository, deploy_jobs: tuple[str, ...]) -> tuple[Call, ...]:
    """One for each secret scan that a deployment waits for; for every scan if nothing deploys."""
    scans, _ = scans_before(repository, deploy_jobs, ("secret-scan",))
    return tuple(_call(scan, repository) for scan in scans)


def files_named(calls: Iterable[Call], option: str) -> tuple[str, ...]:
    """What *calls* give as *option*, by paths from the repository's root, each once."""
    found: dict[str, None] = {}
    for call in calls:
        for word in call.vetted.words if call.vetted else ():
            name, _, path = word.partition("=")
            if name == option:
                inner = path.removeprefix(f"{WORKSPACE}/")
                if inner == path:
                    inner = posixpath.join(call.folder, path)
                inner = posixpath.normpath(inner)
                checkout = "" if call.checkout == "." else f"{call.checkout}/"
                found[inner.removeprefix(checkout)] = None
    return tuple(found)


def _call(scan: Scan, repository: Repository) -> Call:
    at = scan.place.at()
    line = at.line
    if scan.command is not None and line is not None and scan.command.step_line:
        # The script of a block begins below its key.
        line += scan.command.step_line
    try:
        checkout = _checkout(scan)
        folder = _folder(scan, checkout)
        words = _words(scan)
        found = vetted(words, folder, lambda word: _value(word, scan, checkout))
        depth = _depth(scan, repository)
        _stays(scan, repository)
    except RefusedError as refused:
        cause = (refused.code, refused.detail[:100])
        return Call(scan.subject, at.path, line, None, cause)
    return Call(scan.subject, at.path, line, found, ("", ""), folder, checkout, depth)


def _words(scan: Scan) -> tuple[str, ...]:
    """The words behind ``gitleaks``."""
    config = scan.env.get("GITLEAKS_CONFIG", "")
    more = (f"--config={config}",) if config else ()
    if scan.options.inline:
        raise RefusedError("inline", "GITLEAKS_CONFIG_TOML")
    if scan.tool == "gitleaks-action":
        if scan.options.config and not config:
            more = (f"--config={scan.options.config}",)
        return (*_ACTION, *more)
    if scan.tool != "gitleaks" or scan.options.scope == "stdin":
        raise RefusedError("other-tool" if scan.tool != "gitleaks" else "option", scan.tool)
    if scan.command is None:
        args = known_text(scan.step.inputs.get("args", ""), scan.step, scan.node)
        return (*re.findall(r"\$\{\{.*?\}\}|\S+", args), *more)
    _, words = program_in(scan.command, scan.step, scan.node)
    given = any(w.partition("=")[0] in ("-c", "--config") for w in words)
    return (*words, *(() if given else more))


def _value(word: str, scan: Scan, checkout: str) -> str:
    """*word* with what is known of its variables. Raises :class:`RefusedError` for others."""
    del checkout
    text = known_text(word, scan.step, scan.node)
    for _ in range(3):
        text = _VARIABLE.sub(lambda found: _variable(found, scan.env), text)
    if "$" in text or "`" in text:
        raise RefusedError("expression", word)
    for target in _mounts(scan):
        if text == target or text.startswith(f"{target.rstrip('/')}/"):
            return WORKSPACE + text.removeprefix(target.rstrip("/")).rstrip("/")
    return text


def _variable(found: re.Match[str], env: Mapping[str, str]) -> str:
    if found["command"] or found["quoted"]:
        return "."
    name = found["expression"] or found["braced"] or found["bare"] or ""
    if name == "PWD":
        return "."
    if name in _WORKSPACES:
        return WORKSPACE
    if name in _REFS:
        return _REFS[name]
    plain = name.removeprefix("env.") if found["expression"] else name
    if found["expression"] and plain == name:
        raise RefusedError("expression", found[0])
    if plain not in env:
        raise RefusedError("expression", found[0])
    return env[plain]


def _mounts(scan: Scan) -> Iterator[str]:
    """Folders of a container that are the workspace."""
    if scan.step.uses.startswith("docker://"):
        yield "/github/workspace"
    words = scan.command.words if scan.command else ()
    for index, word in enumerate(words):
        name, equals, joined = word.partition("=")
        if name in ("-v", "--volume"):
            given = joined if equals else (*words, "")[index + 1]
            mount = _MOUNT.fullmatch(given)
            if mount and re.fullmatch(r"\.|.*(?:PWD|pwd|workspace|WORKSPACE|PROJECT_DIR)\W*",
                                      mount["source"]):  # fmt: skip
                yield mount["target"]


def _checkout(scan: Scan) -> str:
    """Where the last checkout of this repository before the scan puts it."""
    path = ""
    for step in scan.node.steps[: scan.position]:
        if action_named(step.uses) == "actions/checkout" and not step.inputs.get("repository"):
            path = known_text(step.inputs.get("path", ""), step, scan.node)
    return _inner(path)


def _folder(scan: Scan, checkout: str) -> str:
    del checkout
    return _inner(_value(scan.step.working_directory, scan, "").removeprefix(f"{WORKSPACE}/"))


def _inner(path: str) -> str:
    inner = posixpath.normpath(path or ".")
    if inner.startswith(("/", "..", "~")) or "$" in inner or "\0" in inner:
        raise RefusedError("outside", path)
    return inner


def _depth(scan: Scan, repository: Repository) -> int:
    for problem in problems_of(scan, repository, ()):
        if problem.code == "shallow-default":
            return 1
        if problem.code in ("depth-unknown", "no-checkout"):
            raise RefusedError(problem.code, problem.what)
        if problem.code == "shallow":
            return int(problem.what) if problem.what.isdecimal() else 1
    return 0


def _stays(scan: Scan, repository: Repository) -> None:
    """Raises :class:`RefusedError` where the script goes elsewhere before it scans."""
    if scan.command is None:
        return
    for command in commands_of(scan.step, repository):
        if command == scan.command:
            return
        name, words = program_in(command, scan.step, scan.node)
        if name in ("cd", "pushd"):
            raise RefusedError("moves", " ".join((name, *words)))
