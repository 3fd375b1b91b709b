"""``pipeline.policy-files``: the repository says who decides, whom to tell, and what is allowed.

What: SECURITY.md names a way to report, CODEOWNERS gives every pipeline file an owner, LICENSE is
there; in the places that the forge looks at. Why: a line of CODEOWNERS that cannot be read is
passed over in silence, and whoever finds a hole and nobody to tell publishes it. Remedy: write
what is missing. Rules of CODEOWNERS after GitHub's "About code owners".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from golive_gates.pipeline.policy.owners import read_owners
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.policy-files", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)

GITHUB_OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
GITLAB_OWNERS = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""In the order in which the forge looks; it reads the first that is there."""
MOST_UNOWNED = 5

_SECURITY = re.compile(
    r"(?:\.github/|\.gitlab/|docs/)?security(?:\.(?:md|markdown|txt|rst))?", re.IGNORECASE
)
_LICENSE = re.compile(r"(?:un)?licen[cs]e(?:[.-][\w.-]+)?|copying(?:[.-][\w.-]+)?", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_WAY = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|private vulnerability reporting"
    r"|report a vulnerability[\"”*`'\s]*button|security advisor(?:y|ies)",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"use this section to tell people", re.IGNORECASE)
_UNFILLED = re.compile(r"copyright\b.{0,12}[\[<{](?:year|yyyy|fullname|name)\b", re.IGNORECASE)
_APPENDIX = "APPENDIX: How to apply"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each of the three files of each repository."""
    del settings
    repositories = observation.require(Pipeline).repositories
    findings = [f for r in repositories for f in _findings(r)]
    lines = sum(
        len(read_owners(r.text(path) or "").lines)
        for r in repositories
        for path in _owner_files(r)[:1]
    )
    facts = (Fact("owner_lines", lines),)
    return judged(SPEC, observation, 3 * len(repositories), findings, facts)


def _findings(repository: Repository) -> Iterator[Finding]:
    yield from _security(repository)
    yield from _owners(repository)
    yield from _license(repository)


def _security(repository: Repository) -> Iterator[Finding]:
    found = sorted(n for n in repository.names if _SECURITY.fullmatch(n))
    if not found:
        yield _missing(repository, "SECURITY.md", "no-security")
        return
    path = found[0]
    text = repository.text(path)
    if text is None:
        yield _unread(repository, path)
        return
    said = _COMMENT.sub("", text)
    if not said.strip():
        yield about_file(repository, path, "empty")
    elif _TEMPLATE.search(said):
        yield about_file(repository, path, "security-template")
    elif not _WAY.search(said):
        yield about_file(repository, path, "no-way-to-report")


def _license(repository: Repository) -> Iterator[Finding]:
    found = sorted(n for n in repository.names if _LICENSE.fullmatch(n))
    if not found:
        if not any(n.startswith("LICENSES/") for n in repository.names):
            yield _missing(repository, "LICENSE", "no-license", Status.WARN)
        return
    path = found[0]
    text = repository.text(path)
    if text is None:
        if path in (repository.unread or {}):
            yield _unread(repository, path)
    elif not text.strip():
        yield about_file(repository, path, "empty")
    elif _UNFILLED.search(text.partition(_APPENDIX)[0]):
        yield about_file(repository, path, "license-unfilled", status=Status.WARN)


def _owners(repository: Repository) -> Iterator[Finding]:
    found = _owner_files(repository)
    if not found:
        yield _missing(repository, _places(repository)[0], "no-owners")
        return
    path, *others = found
    for other in others:
        yield about_file(repository, other, "owners-shadowed", status=Status.WARN, other=path)
    text = repository.text(path)
    if text is None:
        yield _unread(repository, path)
        return
    owners = read_owners(text, gitlab=only_gitlab(repository))
    if not owners.lines and not owners.bad:
        yield about_file(repository, path, "empty")
        return
    for bad in owners.bad:
        yield about_file(repository, path, "owner-line", line=bad.line, text=bad.text)
    if owners.bad:
        return  # whom these lines leave without an owner is their doing
    files = sorted({*(repository.within(d.path) for d in repository.documents), path})
    unowned = [file for file in files if not owners.of(file)]
    for file in unowned[:MOST_UNOWNED]:
        yield about_file(repository, path, "unowned", file=file, count=len(unowned))
    if not unowned and not owners.of("golive-anything/else"):
        yield about_file(repository, path, "no-default-owner", status=Status.WARN)


def _owner_files(repository: Repository) -> list[str]:
    return [place for place in _places(repository) if place in repository.names]


def _places(repository: Repository) -> tuple[str, ...]:
    return GITLAB_OWNERS if only_gitlab(repository) else GITHUB_OWNERS


def _missing(repository: Repository, path: str, code: str, status: Status | None = None) -> Finding:
    if repository.cut:
        return about_file(repository, path, "cut", status=Status.INCONCLUSIVE)
    return about_file(repository, path, code, status=status)


def _unread(repository: Repository, path: str) -> Finding:
    why = (repository.unread or {}).get(path) or "-"
    return about_file(repository, path, "unread-file", status=Status.INCONCLUSIVE, detail=why)


CHECK = Check(SPEC, (Pipeline,), judge)
