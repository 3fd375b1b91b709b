"""How judges of this gate look at what was read and come to a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from golive.api import CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive.inspecting import Inspection, Same, concluded
from golive.model import Location, Scalar
from golive.sources.tree import FileKind
from golive_gates.pipeline.model.graph import runs_in
from golive_gates.pipeline.model.reading import read_actions, read_workflows
from golive_gates.pipeline.model.records import Action, Place, Run, Workflow
from golive_gates.pipeline.parts import Pipeline, Repository

READ_CHECK = "pipeline.parse"


@lru_cache(maxsize=8)
def _workflows(known: Same[Repository]) -> tuple[Workflow, ...]:
    return read_workflows(known.part)


def workflows_of(repository: Repository) -> tuple[Workflow, ...]:
    """The pipelines of *repository*; read once for all checks of a run."""
    return _workflows(Same(repository))


@lru_cache(maxsize=8)
def _actions(known: Same[Repository]) -> tuple[Action, ...]:
    return read_actions(known.part, _workflows(known))


def actions_of(repository: Repository) -> tuple[Action, ...]:
    """The composite actions of *repository*; read once for all checks of a run."""
    return _actions(Same(repository))


@lru_cache(maxsize=8)
def _runs(known: Same[Repository]) -> tuple[Run, ...]:
    return runs_in(_workflows(known), _actions(known), known.part)


def runs_of(repository: Repository) -> tuple[Run, ...]:
    """What the pipelines of *repository* do, each job with all that it needs; found once."""
    return _runs(Same(repository))


def finding(
    place: Place,
    subject: str,
    code: str,
    /,
    *,
    below: tuple[str | int, ...] = (),
    status: Status | None = None,
    key: bool = False,
    **params: Scalar,
) -> Finding:
    """A finding about *subject* at *below* of *place*; *params* fill the sentence *code*."""
    there = place.below(*below)
    return Finding(
        subject, Reason(code, params), there.at(key=key), status, None, "", there.json_path
    )


def about_file(
    repository: Repository,
    path: str,
    code: str,
    /,
    *,
    line: int | None = None,
    status: Status | None = None,
    **params: Scalar,
) -> Finding:
    """A finding about the file at *path* from the root of *repository*, or one that is missing."""
    shown = repository.shown(path)
    return Finding(shown, Reason(code, params), Location(shown, line), status)


def judged(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    facts: Sequence[Fact] = (),
) -> CheckResult:
    """The result of *spec* over the files: what could not be read keeps it from passing."""
    part = observation.require(Pipeline)
    return concluded(
        spec,
        Inspection(
            subjects, tuple(findings), len(part.problems), READ_CHECK, part.evidence, tuple(facts)
        ),
    )


def only_gitlab(repository: Repository) -> bool:
    """Whether its pipelines are GitLab's alone."""
    kinds = {d.kind for d in repository.documents}
    return FileKind.GITLAB in kinds and FileKind.WORKFLOW not in kinds
