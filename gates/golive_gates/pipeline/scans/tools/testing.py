"""Programs that run tests.

A run that collects, lists or explains and executes nothing is no test run. Sources: pytest's
reference of the command line (``--collect-only``, ``--fixtures``, ``--markers``, ``--setup-plan``),
tox's ``run -e`` and nox's ``-s`` for what their environments are called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from golive_gates.pipeline.scans.model import Options, Reader, Reading
from golive_gates.pipeline.scans.words import flags_of, is_task

_PYTEST_IDLE = (
    "--collect-only", "--co", "--collectonly", "--fixtures", "--funcargs", "--markers",
    "--setup-plan", "--setup-only", "--version", "-V", "-h", "--help", "--cache-show",
    "--trace-config", "--fixtures-per-test",
)  # fmt: skip
_NO_TESTS = re.compile(
    r"(?:lint|flake8|ruff|black|isort|format|fmt|style|mypy|types?|typing|docs?|build|package"
    r"|publish|release|clean|coverage-report|bandit|security|pre-?commit|check-manifest)"
    r"(?:[-_.].*)?"
)
_ENVIRONMENTS = frozenset(("-e", "-s", "--session", "--sessions", "-c", "--conf", "-f", "-k"))


def _tests(tool: str) -> tuple[Reading, ...]:
    return (Reading("tests", tool, Options("tests")),)


def pytest(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``pytest``, unless it only looks."""
    del env
    flags = flags_of(words, ())
    return () if any(flags.has(name) for name in _PYTEST_IDLE) else _tests("pytest")


def environments(tool: str) -> Reader:
    """The reader of tox and nox: those of their environments that are named after tests."""

    def read(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
        del env
        flags = flags_of(words, _ENVIRONMENTS)
        if flags.has("--help", "-h", "--version", "-l", "--list", "--notest", "--listenvs"):
            return ()
        if flags.rest[:1] and flags.rest[0] in ("list", "config", "devenv", "l", "c", "d"):
            return ()
        named = flags.all("-e", "-s", "--session", "--sessions")
        if named and all(_NO_TESTS.fullmatch(name.lower()) for name in named):
            return ()
        return _tests(tool)

    return read


def tasks(tool: str, among: Sequence[str]) -> Reader:
    """The reader of a program whose tasks *among* run tests: ``go test``, ``mvn verify``."""
    wanted = frozenset(among)

    def read(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
        del env
        rest = flags_of(words, ()).rest
        if tool == "npm" and rest[:1] == ("run",):
            rest = rest[1:]
        named = any(w in wanted or w.partition(":")[0] in wanted for w in rest)
        return _tests(tool) if named else ()

    return read


def always(tool: str) -> Reader:
    """The reader of a program that does nothing but run tests."""

    def read(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
        del env
        flags = flags_of(words, ())
        return () if flags.has("--help", "-h", "--version", "--listTests") else _tests(tool)

    return read


def make(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """A target that is named after tests, of a Makefile that could not be followed."""
    del env
    flags = flags_of(words, ("-C", "--directory", "-f", "--file", "-j", "-l", "-o", "-W"))
    if flags.has("-n", "--dry-run", "--just-print", "-q", "--question"):
        return ()
    return _tests("make") if any(is_task(w.lstrip("+")) for w in flags.rest) else ()


def targets(tool: str) -> Reader:
    """The reader of a build tool that is given what to do in options: ``nx affected -t test``."""

    def read(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
        del env
        named = (part for w in words for part in w.rpartition("=")[2].split(","))
        return _tests(tool) if any(is_task(n) for n in named) else ()

    return read


def node(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``node --test``, its own test runner."""
    del env
    return _tests("node") if "--test" in words else ()


def docker(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``docker compose up --exit-code-from sut``, and a stage of a Dockerfile that tests.

    What such a container runs is not followed; ``--exit-code-from`` is given to fail with it.
    """
    del env
    flags = flags_of(words, ("--exit-code-from", "--target", "-f", "--file", "-t", "--tag"))
    if "up" in flags.rest and flags.has("--exit-code-from"):
        return _tests("docker")
    stage = flags.last("--target") or ""
    return _tests("docker") if "build" in flags.rest[:2] and is_task(stage) else ()
