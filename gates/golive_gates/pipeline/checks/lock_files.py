"""``pipeline.lock-files``: what is installed is what was locked.

What: the commands in jobs and Dockerfiles that install packages take a lock that is there and that
holds each package to a hash: pip with ``--require-hashes`` or a requirement file whose lines all
have hashes, ``uv sync --locked``, ``poetry install``, ``npm ci``, ``yarn install --immutable``.
The own project alone (``pip install --no-deps .``) needs none. In a Dockerfile anything else fails,
because it is delivered; in a job it warns; a lock that is missing, or that pip refuses because a
line has no hash, fails anywhere. Why: without a lock the same commit installs other packages
tomorrow, and with them whatever was published in between. Remedy: pip-compile --generate-hashes
or uv export, and install from that alone. Source: pip, "Secure installs".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
)
from golive.model import Scalar
from golive_gates.pipeline.looking import about_file, finding, judged
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.installs import BOOTSTRAP, exact
from golive_gates.pipeline.supply.once import once
from golive_gates.pipeline.supply.packages import Installed, installed
from golive_gates.pipeline.supply.requirements import locked

SPEC = CheckSpec("pipeline.lock-files", Severity.MEDIUM, needs=EvidenceLevel.STATIC)
MOST_NAMED = 5
Told = tuple[str, Status | None, dict[str, Scalar]]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every installation is held to a lock."""
    del settings
    found: list[Finding] = []
    n = 0
    for repository in observation.require(Pipeline).repositories:
        for one in installed(repository):
            n += 1
            found += [_finding(repository, one, told) for told in _told(repository, one)]
    return judged(SPEC, observation, n, once(found))


def _told(repository: Repository, one: Installed) -> Iterator[Told]:
    install = one.install
    loose = None if one.in_image else Status.WARN
    names: dict[str, Scalar] = {"tool": install.tool, "names": _some(install.targets)}
    if install.kind == "requirements":
        for written, path in zip(install.targets, one.files, strict=True):
            yield from _of_file(repository, one, written, path)
    elif install.kind == "lock":
        if not one.locks:
            yield "lock-missing", None, {"tool": install.tool, "file": install.targets[0]}
        elif not install.held:
            yield "not-frozen", loose, {"tool": install.tool, "file": install.targets[0]}
    elif install.kind == "own":
        if not (install.held or one.after_lock):
            yield "own-dependencies", loose, names
    elif not install.held:
        open_ones = tuple(t for t in install.targets if not exact(install.tool, t))
        bootstrap = all(t.partition("=")[0] in BOOTSTRAP for t in install.targets)
        code = "by-name" if open_ones else "by-version"
        yield code, Status.WARN if bootstrap else loose, names


def _of_file(
    repository: Repository, one: Installed, written: str, path: str | None
) -> Iterator[Told]:
    loose = None if one.in_image else Status.WARN
    if path is None:
        # What the build makes or a variable names; pip itself holds it to hashes if told to.
        if not one.install.held:
            yield "not-followed", Status.INCONCLUSIVE, {"file": written[:200]}
        return
    lock = locked(repository, path)
    if path in lock.missing:
        yield "lock-missing", None, {"tool": one.install.tool, "file": path}
    elif lock.missing:
        yield "lock-missing", None, {"tool": one.install.tool, "file": lock.missing[0]}
    elif lock.unread:
        if not one.install.held:
            yield "not-followed", Status.INCONCLUSIVE, {"file": lock.unread[0]}
    elif lock.bare:
        refused = one.install.held or len(lock.bare) < lock.lines
        yield (
            "some-without-hash" if refused else "no-hashes",
            None if refused else loose,
            {"file": path, "count": len(lock.bare), "names": _some(lock.bare)},
        )


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(n[:60] for n in names[:MOST_NAMED])
    return f"{shown}, ..." if len(names) > MOST_NAMED else shown


def _finding(repository: Repository, one: Installed, told: Told) -> Finding:
    code, status, params = told
    if one.place is not None:
        found = finding(one.place, one.subject, code, status=status)
        return replace(found, reason=Reason(code, params))
    found = about_file(repository, one.subject, code, line=one.line, status=status)
    return replace(found, reason=Reason(code, params))


CHECK = Check(SPEC, (Pipeline,), judge)
