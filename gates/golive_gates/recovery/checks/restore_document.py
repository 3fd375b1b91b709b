"""``recovery.restore-document``: the restore procedure can be followed as it is written.

What: the restore document has shell commands, and what they name is there: scripts and modules
that they run, manifests that they apply, workloads, CronJobs and claims that they touch, pods that
they select. What is in backticks is looked up too, and only warned of. Why: a procedure that names
a script which was renamed a year ago is found out in the worst hour. Remedy: correct the document
or bring back what it names; write the commands out in fenced blocks.
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
    Status,
)
from golive.sources.kubernetes.graph import Graph
from golive_gates.recovery.procedures.commands import MOST_LINES, Told, told_in
from golive_gates.recovery.procedures.judging import backup_jobs, file_finding, judged
from golive_gates.recovery.procedures.kubectl import kubectl_of
from golive_gates.recovery.procedures.naming import (
    Release,
    folders_of,
    missing_of,
    named_files,
    open_ended,
)
from golive_gates.recovery.procedures.parts import Procedures, Text
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.restore-document", needs=EvidenceLevel.STATIC)
_QUOTED = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")
_FILE = re.compile(r"(?:\./)?[\w.-]+(?:/[\w.-]+)+\.[A-Za-z]\w{0,9}", re.ASCII)
_OBJECT = re.compile(r"\b(CronJob|Deployment|StatefulSet)\s+`([a-z0-9.-]{1,253})`")
_TYPES = {"CronJob": "CronJob.batch", "Deployment": "Deployment.apps"}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every command of the document, and what it names."""
    part = observation.require(Procedures)
    document = part.document
    if document is None:
        return _without(part, settings)
    told = told_in(document.text)
    findings = list(_of_document(document, told, part))
    kubectl = sum(kubectl_of(t) is not None for t in told)
    facts = (
        Fact("restore_document", document.path),
        Fact("restore_commands", len(told)),
        Fact("restore_kubectl", kubectl),
        Fact("restore_files", len({f for t in told for f in named_files(t)})),
    )
    return judged(SPEC, part, max(1, len(told)), findings, facts)


def _without(part: Procedures, settings: Settings) -> CheckResult:
    if part.asked:
        return judged(SPEC, part, 1, [file_finding(part.asked, None, "document-missing")])
    if not settings.stores and not backup_jobs(part, settings):
        return judged(SPEC, part, 0, [])
    unsure = part.root is None or part.cut
    if unsure and not settings.stores:
        return judged(SPEC, part, 0, [])  # Some manifests of a release that has it elsewhere.
    status = None if settings.stores else Status.WARN
    if unsure:
        status = Status.INCONCLUSIVE
    finding = file_finding(part.root or ".", None, "no-document", status=status)
    return judged(SPEC, part, 1, [finding])


def _of_document(document: Text, told: tuple[Told, ...], part: Procedures) -> Iterator[Finding]:
    if not told:
        yield file_finding(document.path, 1, "no-commands")
        return
    root = part.root
    inside = document.path.removeprefix(f"{root}/") if root else document.path
    objects = (*part.objects, *part.named)
    made = tuple(
        name
        for o in part.named
        if o.type == "Job.batch" and isinstance(name := o.get("metadata", "generateName"), str)
    )
    release = Release(
        part.names, folders_of(part.names), inside.rpartition("/")[0], Graph(objects), made
    )
    # Names that were not listed, and manifests that were not read, prove nothing.
    open_files = root is None or part.cut
    open_objects = bool(part.problems) or not part.objects
    created: set[str] = set()
    for command in told:
        if not command.words:
            yield file_finding(document.path, command.line, "not-shell", detail=command.text)
            continue
        for missing in missing_of(command, release, created):
            of_file = missing.code in ("file-missing", "module-missing")
            unsure = open_files if of_file else open_objects
            status = Status.INCONCLUSIVE if unsure else None
            yield file_finding(
                document.path, missing.line, missing.code, status=status, name=missing.name
            )
    if not open_files:
        yield from _quoted(document, release)
    if not open_objects:
        yield from _mentioned(document, release)


def _quoted(document: Text, release: Release) -> Iterator[Finding]:
    for number, line in enumerate(document.text.splitlines()[:MOST_LINES], 1):
        for name in _QUOTED.findall(line):
            if _FILE.fullmatch(name) and not open_ended(name) and not release.has(name):
                # It may be an image's or another repository's.
                yield file_finding(
                    document.path, number, "file-missing", status=Status.WARN, name=name
                )


def _mentioned(document: Text, release: Release) -> Iterator[Finding]:
    for number, line in enumerate(document.text.splitlines()[:MOST_LINES], 1):
        for kind, name in _OBJECT.findall(line):
            found = release.graph.find(_TYPES.get(kind, "StatefulSet.apps"), "", name)
            if found is None:
                yield file_finding(
                    document.path,
                    number,
                    "object-missing",
                    status=Status.WARN,
                    name=f"{kind}/{name}",
                )


CHECK = Check(SPEC, (Procedures,), judge)
