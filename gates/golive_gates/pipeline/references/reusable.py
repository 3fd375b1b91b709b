"""Workflows of the same repository that jobs call, and what those ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from golive.api import Finding, Status
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.calls import local_path
from golive_gates.pipeline.model.github import mapping
from golive_gates.pipeline.model.records import Job, Workflow
from golive_gates.pipeline.model.texts import document_of
from golive_gates.pipeline.parts import Repository

CALLABLE = re.compile(r"\.github/workflows/[^/]+\.ya?ml")


def in_calls(job: Job, repository: Repository, workflow: Workflow) -> Iterator[Finding]:
    """What is wrong with the call that *job* is; nothing for a remote one."""
    if workflow.forge != "github" or not job.uses:
        return
    if "${{" in job.uses:
        yield finding(job.place, job.id, "expression-in-uses", below=("uses",))
        return
    path = local_path(job.uses)
    if path is None:
        return
    if "@" in job.uses:
        yield finding(job.place, job.id, "local-ref", below=("uses",), uses=job.uses)
    elif not CALLABLE.fullmatch(path):
        yield finding(job.place, job.id, "wrong-folder", below=("uses",), uses=job.uses)
    elif path not in repository.names and not _among_documents(repository, path):
        status = Status.INCONCLUSIVE if repository.cut else None
        yield finding(job.place, job.id, "no-workflow", below=("uses",), status=status, path=path)
    else:
        document = document_of(repository, path, FileKind.WORKFLOW)
        # One that cannot be read is for ``pipeline.parse`` to report.
        if document is not None:
            yield from _asked(job, path, document)


def _among_documents(repository: Repository, path: str) -> bool:
    shown = repository.shown(path)
    return any(d.path == shown for d in repository.documents)


def _asked(job: Job, path: str, document: PlainDocument) -> Iterator[Finding]:
    on = document.data.get("on")
    called = on.get("workflow_call") if isinstance(on, Mapping) else None
    events = (
        list(on) if isinstance(on, Mapping | list | tuple) else [on] if isinstance(on, str) else []
    )
    if "workflow_call" not in events:
        yield finding(job.place, job.id, "not-callable", below=("uses",), path=path)
        return
    data = job.place.source.data
    call = mapping(mapping(data.get("jobs")).get(job.id))
    asked = mapping(called)
    yield from _given(job, "input", mapping(call.get("with")), mapping(asked.get("inputs")), path)
    secrets = call.get("secrets")
    if secrets != "inherit":
        yield from _given(job, "secret", mapping(secrets), mapping(asked.get("secrets")), path)


def _given(
    job: Job, what: str, given: Mapping[str, object], asked: Mapping[str, object], path: str
) -> Iterator[Finding]:
    names = {str(name).lower() for name in asked}
    there = {str(name).lower() for name in given}
    for name, said in asked.items():
        needed = mapping(said).get("required") is True and mapping(said).get("default") is None
        if needed and str(name).lower() not in there:
            yield finding(job.place, job.id, f"no-{what}", below=("uses",), name=name, path=path)
    table = "with" if what == "input" else "secrets"
    for name in given:
        if str(name).lower() not in names:
            yield finding(
                job.place,
                job.id,
                f"unknown-{what}",
                below=(table, str(name)),
                key=True,
                name=str(name),
                path=path,
            )
