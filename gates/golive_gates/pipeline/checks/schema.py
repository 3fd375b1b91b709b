"""``pipeline.schema``: every workflow holds what its forge takes.

What: each workflow, composite action, GitLab pipeline and ``dependabot.yml`` against its schema as
check-jsonschema ships it. Why: the forge refuses the whole file for one misspelt key, so that none
of its jobs runs, the scans among them. What may be newer than the schema only warns. Remedy: mend
the key or value that the finding names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Status,
)
from golive.sources.tree import FileKind, PlainDocument
from golive.sources.vendored_schemas import (
    PACKAGE,
    NoSchemaError,
    Schema,
    package_version,
    validator,
)
from golive_gates.pipeline.looking import about_file, finding, judged
from golive_gates.pipeline.model.calls import local_path
from golive_gates.pipeline.model.records import Place
from golive_gates.pipeline.model.texts import documents_of
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.schemas.violations import Violation, violations
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.schema", needs=EvidenceLevel.STATIC)
_SCHEMAS: Mapping[FileKind, Schema] = {
    FileKind.WORKFLOW: "github-workflows",
    FileKind.ACTION: "github-actions",
    FileKind.GITLAB: "gitlab-ci",
}
_DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every document against the schema of its kind."""
    del settings
    findings: list[Finding] = []
    count = 0
    for repository in observation.require(Pipeline).repositories:
        for schema, document in _documents(repository):
            count += 1
            findings += _judged(schema, document)
        findings += (
            about_file(repository, path, "not-read")
            for path in _DEPENDABOT
            if repository.text(path) and not _dependabot(repository, path)
        )
    facts = (Fact("schemas", f"{PACKAGE} {package_version()}".strip()),) if count else ()
    return judged(SPEC, observation, count, findings, facts)


def _documents(repository: Repository) -> Iterator[tuple[Schema, PlainDocument]]:
    for document in repository.documents:
        # The head of a pipeline that others include has a schema of its own kind.
        if document.kind in _SCHEMAS and set(document.data) != {"spec"}:
            yield _SCHEMAS[document.kind], document
    for path in _DEPENDABOT:
        yield from (("dependabot", d) for d in _dependabot(repository, path))


def _dependabot(repository: Repository, path: str) -> tuple[PlainDocument, ...]:
    return documents_of(repository, path, FileKind.OTHER)


def _judged(schema: Schema, document: PlainDocument) -> Iterator[Finding]:
    place = Place(document)
    try:
        found = violations(validator(schema), document.data)
    except (NoSchemaError, RecursionError):
        yield finding(place, document.path, "no-schema", status=Status.INCONCLUSIVE, schema=schema)
        return
    for violation in found:
        if not _reported_elsewhere(violation, document):
            yield finding(
                place,
                document.path,
                violation.code,
                below=violation.path,
                key=violation.key,
                status=None if violation.sure or _no_interval(schema, violation) else Status.WARN,
                **violation.params,
            )


def _no_interval(schema: Schema, violation: Violation) -> bool:
    """Whether Dependabot knows no such schedule; its intervals are few and well known."""
    return schema == "dependabot" and violation.path[-2:] == ("schedule", "interval")


def _reported_elsewhere(violation: Violation, document: PlainDocument) -> bool:
    """Paths of local workflows are the business of ``pipeline.references``."""
    path = violation.path
    if document.kind is not FileKind.WORKFLOW or path[:1] != ("jobs",) or path[2:] != ("uses",):
        return False
    job = document.data.get("jobs", {}).get(path[1])
    return isinstance(job, Mapping) and local_path(str(job.get("uses"))) is not None


CHECK = Check(SPEC, (Pipeline,), judge)
