"""``pipeline.ignored-secrets``: files of secrets stay out of the repository and of its images.

What: ``.gitignore`` keeps ``.env`` and private keys out, none of them lies there unignored, and a
Dockerfile that copies its whole context keeps ``.env`` and ``.git`` out by ``.dockerignore``. Why:
a scanner finds a secret after it was committed; these files keep it from being committed. Remedy:
add the patterns, and revoke what was already committed.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive_gates.pipeline.looking import about_file, judged
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.policy.contexts import WholeContext, whole_contexts
from golive_gates.pipeline.policy.patterns import Rule, gitignore, ignored
from golive_gates.pipeline.policy.secret_files import WANTED, is_secret, is_trial
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.ignored-secrets", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
MOST = 20
"""Files that are named, of those that lie there unignored."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """What git and Docker leave out of each repository."""
    del settings
    repositories = observation.require(Pipeline).repositories
    copies = {id(r): tuple(whole_contexts(r)) for r in repositories}
    subjects = sum(1 + len(copies[id(r)]) for r in repositories)
    findings = [f for r in repositories for f in _findings(r, copies[id(r)])]
    return judged(SPEC, observation, subjects, findings)


def _findings(repository: Repository, copies: tuple[WholeContext, ...]) -> Iterator[Finding]:
    rules = _rules(repository)
    yield from _not_ignored(repository, rules)
    unignored = [n for n in sorted(repository.names) if is_secret(n) and not ignored(rules, n)]
    for name in unignored[:MOST]:
        status = Status.WARN if is_trial(name) else None
        yield about_file(repository, name, "secret-file", status=status)
    if repository.cut:
        yield about_file(repository, ".gitignore", "cut", status=Status.INCONCLUSIVE)
    for copy in copies:
        if copy.env:
            where = copy.ignore or ".dockerignore"
            yield about_file(
                repository, copy.dockerfile, "env-in-image", line=copy.line, ignore=where
            )
        elif copy.git:
            yield about_file(
                repository,
                copy.dockerfile,
                "git-in-image",
                line=copy.line,
                status=Status.WARN,
                ignore=copy.ignore,
            )


def _not_ignored(repository: Repository, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    if ".gitignore" not in repository.names:
        if not repository.cut:
            yield about_file(repository, ".gitignore", "no-gitignore")
        return
    if repository.text(".gitignore") is None:
        why = (repository.unread or {}).get(".gitignore") or "-"
        yield about_file(
            repository, ".gitignore", "unread-file", status=Status.INCONCLUSIVE, detail=why
        )
        return
    missing = [name for name in WANTED if not ignored(rules, name)]
    if WANTED[0] in missing:
        yield about_file(repository, ".gitignore", "env-not-ignored", pattern=WANTED[0])
    if keys := [f"*{n[n.rindex('.') :]}" for n in missing if n != WANTED[0]]:
        yield about_file(
            repository,
            ".gitignore",
            "keys-not-ignored",
            status=Status.WARN,
            patterns=", ".join(keys),
        )


def _rules(repository: Repository) -> tuple[Rule, ...]:
    """Rules of every ``.gitignore``, those nearer to a file behind those above it."""
    files = [n for n in repository.names if n == ".gitignore" or n.endswith("/.gitignore")]
    return tuple(
        rule
        for path in sorted(files, key=lambda p: (p.count("/"), p))
        for rule in gitignore(repository.text(path) or "", path.rpartition("/")[0])
    )


CHECK = Check(SPEC, (Pipeline,), judge)
