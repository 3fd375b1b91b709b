"""``pipeline.dependency-updates``: somebody hears of a new version of everything pinned.

What: Dependabot or Renovate is told of every ecosystem that the repository has: actions, Python
packages, images and so on, in the folders that they are in, on a schedule. Why: what is pinned
stays as it is, with its holes, until somebody moves it. Remedy: add the entry that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive_gates.pipeline.looking import about_file, judged, only_gitlab
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.policy.ecosystems import Present, present
from golive_gates.pipeline.policy.updates import (
    SCHEMA,
    NotReadable,
    Updates,
    covers,
    read_dependabot,
    read_renovate,
)
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec(
    "pipeline.dependency-updates", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC
)
SCHEMA_CHECK = "pipeline.schema"
_FILES = re.compile(
    r"\.github/dependabot\.ya?ml"
    r"|(?:\.github/|\.gitlab/)?(?:\.renovaterc(?:\.json5?)?|renovate\.json5?)"
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each ecosystem of each repository."""
    del settings
    repositories = observation.require(Pipeline).repositories
    there = {id(r): present(r) for r in repositories}
    findings = [f for r in repositories for f in _findings(r, there[id(r)])]
    subjects = sum(map(len, there.values()))
    facts = (Fact("update_ecosystems", subjects),)
    result = judged(SPEC, observation, subjects, findings, facts)
    if result.status is Status.INCONCLUSIVE and any(f.reason.code == SCHEMA for f in findings):
        return replace(result, blocked_by=SCHEMA_CHECK)
    return result


def _findings(repository: Repository, there: tuple[Present, ...]) -> Iterator[Finding]:
    files = sorted(n for n in repository.names if _FILES.fullmatch(n))
    if not files:
        # GitLab has no Dependabot; Renovate runs there.
        gitlab = only_gitlab(repository)
        place = "renovate.json" if gitlab else ".github/dependabot.yml"
        if repository.cut:
            yield about_file(repository, place, "cut", status=Status.INCONCLUSIVE)
        elif there:
            names = ", ".join(dict.fromkeys(p.ecosystem.id for p in there))
            code = "no-renovate" if gitlab else "no-updates"
            yield about_file(repository, place, code, names=names)
        return
    read: list[Updates] = []
    for path in files:
        text = repository.text(path)
        if text is None:
            why = (repository.unread or {}).get(path) or "-"
            yield about_file(
                repository, path, "unread-file", status=Status.INCONCLUSIVE, detail=why
            )
            return
        try:
            reader = read_dependabot if "dependabot" in path else read_renovate
            read.append(reader(text, repository.shown(path)))
        except NotReadable as error:
            code = SCHEMA if error.schema else "not-readable"
            status = Status.INCONCLUSIVE if error.schema else None
            said = str(error)
            yield about_file(repository, path, code, line=error.line, status=status, detail=said)
            return
    for number, updates in enumerate(read):
        yield from _of_file(repository, files[number], updates, there)
    for one in there:
        if not any(u.covers(one) for u in read) and not _troubled(read, one):
            status = None if one.ecosystem.pinned else Status.WARN
            yield about_file(
                repository,
                files[0],
                "not-covered",
                status=status,
                ecosystem=one.ecosystem.id,
                folder=one.folder,
                file=one.file,
            )


def _of_file(
    repository: Repository, path: str, updates: Updates, there: tuple[Present, ...]
) -> Iterator[Finding]:
    if updates.disabled:
        yield about_file(repository, path, "updates-off")
    for entry in updates.entries:
        if entry.trouble == SCHEMA:
            yield about_file(
                repository,
                path,
                SCHEMA,
                line=entry.line,
                status=Status.INCONCLUSIVE,
                detail=entry.ecosystem or "-",
            )
        elif entry.trouble:
            # What the repository does not have needs no update: then it is only odd.
            needed = any(entry.ecosystem in p.ecosystem.names for p in there)
            yield about_file(
                repository,
                path,
                entry.trouble,
                line=entry.line,
                status=None if needed else Status.WARN,
                ecosystem=entry.ecosystem or "-",
            )


def _troubled(read: list[Updates], one: Present) -> bool:
    """Whether a finding about an entry, or about the whole file, already is the cause."""
    if any(u.disabled or any(e.trouble == SCHEMA for e in u.entries) for u in read):
        return True
    return any(
        e.trouble and e.ecosystem in one.ecosystem.names and (not e.folders or covers(e, one))
        for u in read
        for e in u.entries
    )


CHECK = Check(SPEC, (Pipeline,), judge)
