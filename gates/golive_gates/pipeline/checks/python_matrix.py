"""``pipeline.python-matrix``: the tests run on the versions of Python that are promised.

What: for the test runs that a deployment waits for, resolves the version of Python of every
combination of the matrix (setup-python and its like, containers, tox and nox, the command line)
and holds them against ``python_versions``. Why: ``3.10`` without quotes is 3.1 to YAML, and an
``exclude`` drops a version without a word. Remedy: name each version, in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.matrix import Unknown, expanded
from golive_gates.pipeline.model.records import Place
from golive_gates.pipeline.neutralising.model import short
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.pythons.model import Stated, minor_of
from golive_gates.pipeline.pythons.resolving import PYTHON_TOOLS, versions_of
from golive_gates.pipeline.scans.found import scans_of
from golive_gates.pipeline.scans.gating import Gate, gates_of
from golive_gates.pipeline.scans.judging import causes_of, concluded_on
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.python-matrix", needs=EvidenceLevel.STATIC)
_OPAQUE = frozenset(("make", "docker", "bazel", "nx", "turbo", "setup.py", "molecule"))
"""Programs that may start tests of Python themselves."""
_Run = tuple[Scan, tuple[Stated, ...]]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each wanted version is among those that the tests run on, before each deployment."""
    part = observation.require(Pipeline)
    wanted = tuple(dict.fromkeys(minor_of(v) or v for v in settings.python_versions))
    asked = [r for r in part.repositories if _has_python(r)]
    if not asked and not part.problems:
        return SPEC.not_applicable(Reason("no-python"))
    gates = [(r, g) for r in asked for g in gates_of(r, settings.deploy_jobs) if g.kind == "tests"]
    found: dict[tuple[object, ...], Finding] = {}
    versions: set[str] = set()
    subjects = 0
    for repository, scans in _asked(asked, gates):
        runs = [(s, versions_of(s, repository)) for s in scans if s.tool in PYTHON_TOOLS]
        versions |= {v.version for _, stated in runs for v in stated if v.version}
        subjects += len(wanted)
        for one in _of(runs, scans, wanted, repository):
            found.setdefault((one.subject, one.reason.code, one.location, str(one.reason)), one)
    missing = _missing(asked, gates)
    facts = [Fact("python_versions", ", ".join(sorted(versions, key=_order)) or "-")]
    return concluded_on(
        SPEC, observation, subjects or 1, found.values(), blocked=missing, facts=facts
    )


def _has_python(repository: Repository) -> bool:
    if any(s.tool in PYTHON_TOOLS for s in scans_of(repository)):
        return True
    named = ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "noxfile.py")
    return any(n.endswith(".py") or n.rpartition("/")[2] in named for n in repository.names)


def _asked(
    repositories: Sequence[Repository], gates: Sequence[tuple[Repository, Gate]]
) -> Iterator[tuple[Repository, tuple[Scan, ...]]]:
    """Test runs that belong together: before one deployment, else all of a repository."""
    deploying = [r for r, _ in gates]
    for repository in repositories:
        if not any(r is repository for r in deploying):
            once = {s.key: s for s in scans_of(repository) if s.kind == "tests"}
            if once:
                yield repository, tuple(once.values())
    for repository, gate in gates:
        if gate.needed:
            yield repository, gate.needed


def _missing(
    repositories: Sequence[Repository], gates: Sequence[tuple[Repository, Gate]]
) -> list[str]:
    """Checks that report why there are no tests to ask."""
    found = list(causes_of(g for _, g in gates if not g.needed))
    deploying = [r for r, _ in gates]
    bare = (
        r
        for r in repositories
        if not any(r is d for d in deploying) and not any(s.kind == "tests" for s in scans_of(r))
    )
    return found or ["pipeline.tests" for _ in bare][:1]


def _of(
    runs: Sequence[_Run], scans: Sequence[Scan], wanted: Sequence[str], repository: Repository
) -> Iterator[Finding]:
    if not runs:
        first = scans[0]
        opaque = any(s.tool in _OPAQUE for s in scans)
        status = Status.INCONCLUSIVE if opaque else None
        yield finding(first.place, first.subject, "no-python-tests", status=status, tool=first.tool)
        return
    told: set[str] = set()
    for scan, stated in runs:
        for one in (s for s in stated if s.unquoted):
            told |= {one.unquoted, minor_of(one.unquoted)}
            yield finding(one.place, scan.subject, "unquoted", written=one.unquoted, read=one.text)
    covered = {v.version for _, stated in runs for v in stated if _counts(v)}
    absent = [v for v in wanted if v not in covered and v not in told]
    if absent and all(not (v.text or v.version) for _, stated in runs for v in stated):
        first, named = runs[0]
        place = named[0].place if named else first.place
        yield finding(place, first.subject, "version-unstated", version=", ".join(absent))
        return
    unknown = [(scan, v) for scan, stated in runs for v in stated if v.unknown]
    for version in absent:
        if unknown:
            scan, one = unknown[0]
            yield finding(
                one.place, scan.subject, "version-unknown", status=Status.INCONCLUSIVE,
                version=version, what=short(one.text),
            )  # fmt: skip
        else:
            yield _absent(version, runs, repository)


def _counts(stated: Stated) -> bool:
    return not (stated.unknown or stated.unquoted or stated.tolerated or stated.skipped)


def _absent(version: str, runs: Sequence[_Run], repository: Repository) -> Finding:
    for scan, stated in runs:
        for one in stated:
            if one.version == version:
                code = "version-may-fail" if one.tolerated else "version-skipped"
                return finding(one.place, scan.subject, code, version=version)
    for scan, _ in runs:
        if (place := _excluding(scan, version, repository)) is not None:
            return finding(place, scan.subject, "version-excluded", version=version)
    scan, stated = runs[0]
    there = sorted({v.text for _, s in runs for v in s if v.text}, key=_order)
    place = stated[0].place if stated else scan.place
    return finding(
        place, scan.subject, "version-missing", version=version, found=", ".join(there) or "-"
    )


def _excluding(scan: Scan, version: str, repository: Repository) -> Place | None:
    """``exclude`` of the matrix, where it is what drops *version*."""
    job = scan.node.job
    matrix = job.matrix
    if not isinstance(matrix, dict) or not matrix.get("exclude"):
        return None
    whole = replace(job, matrix={n: v for n, v in matrix.items() if n != "exclude"})
    if isinstance(expanded(whole, repository), Unknown):
        return None
    before = versions_of(replace(scan, node=replace(scan.node, job=whole)), repository)
    if version not in {s.version for s in before}:
        return None
    return job.place.below("strategy", "matrix", "exclude")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(p) for p in version.split(".") if p.isdigit())


CHECK = Check(SPEC, (Pipeline,), judge)
