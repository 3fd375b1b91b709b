"""What a step, its job and the jobs that call it say of a failure, and whether they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive_gates.pipeline.model.expressions import filled, is_true, mentions, truth
from golive_gates.pipeline.model.matrix import Unknown, expanded
from golive_gates.pipeline.model.records import Job, Place, Step, Trigger
from golive_gates.pipeline.neutralising.model import Cause, at, short
from golive_gates.pipeline.neutralising.outcomes import stopped_later
from golive_gates.pipeline.neutralising.places import value_at
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.covering import contexts_of
from golive_gates.pipeline.scans.model import Scan

Contexts = Mapping[str, Any]


def contexts_for(scan: Scan, repository: Repository) -> list[Contexts]:
    """What is known of the run, once for each combination of the job's matrix."""
    known: dict[str, Any] = {}
    if scan.node.given or scan.step.given:
        known["inputs"] = {**scan.node.given, **scan.step.given}
    combinations = expanded(scan.node.job, repository)
    if isinstance(combinations, Unknown):
        return [known]
    return [
        {**known, "matrix": {n: v.value for n, v in c.items()}} if c else known
        for c in combinations
    ] or [known]


def tolerated(scan: Scan, repository: Repository) -> Iterator[Cause]:
    """``continue-on-error`` of the step, the steps around it, its job and the callers."""
    contexts = contexts_for(scan, repository)
    for step in (*scan.step.within, scan.step):
        for cause in _tolerates(step, contexts, "step", step.label):
            later = stopped_later(scan, repository)
            if later is None:
                place = step.place.below("continue-on-error")
                yield at(place, "outcome-read", certain=False, tool=scan.tool)
            elif not later:
                yield cause
    for job in (*(g.job for g in scan.node.guards[:-1]), scan.node.job):
        yield from _tolerates(job, contexts, "job", job.id)


def _tolerates(
    part: Step | Job, contexts: list[Contexts], level: str, name: str
) -> Iterator[Cause]:
    written = part.continue_on_error
    answers = {is_true(written, c) for c in contexts}
    place = _tolerance(part)
    if answers == {True}:
        yield at(place, f"continue-on-error-{level}", name=short(name))
    elif None in answers:
        said = short(written)
        yield at(
            place, "continue-on-error-unknown", certain=False, name=short(name), expression=said
        )


def _tolerance(part: Step | Job) -> Place:
    written = value_at(part.place)
    gitlab = isinstance(written, Mapping) and "allow_failure" in written
    return part.place.below("allow_failure" if gitlab else "continue-on-error")


def skipped(
    scan: Scan, triggers: tuple[Trigger | None, ...], repository: Repository
) -> Iterator[Cause]:
    """Conditions that never hold, and those of which nobody can tell.

    What only one event skips is not told here, nor a job that the deployment waits for itself: it
    is skipped with it.
    """
    contexts = contexts_for(scan, repository)
    steps = [("step", s.label, s.place, filled(s.condition, s.given)) for s in _steps(scan)]
    jobs = [("job", g.job.id, g.job.place, g.job.condition) for g in scan.node.guards]
    parts = [*jobs, *steps]
    for number, (level, name, place, condition) in enumerate(parts):
        if not condition.strip():
            continue
        there = place.below("if")
        answers = {truth(condition, c, "success") for c in contexts}
        if answers == {False}:
            yield at(there, f"never-{level}", name=short(name), condition=short(condition))
            return
        if True in answers or (level == "job" and number == 0):
            continue
        for_events = [
            {truth(condition, {**contexts_of(t), **c}, "success") for c in contexts}
            for t in triggers
        ]
        if any(None in a and True not in a for a in for_events):
            if _only_github(condition):
                continue
            said = short(condition)
            yield at(there, "condition-unknown", certain=False, name=short(name), condition=said)


def _steps(scan: Scan) -> tuple[Step, ...]:
    return (*scan.step.within, scan.step)


def _only_github(condition: str) -> bool:
    """Who pushed and where to: for whom a pipeline runs is for its owners to say."""
    others = ("vars", "inputs", "env", "secrets", "steps", "needs", "matrix", "runner", "job")
    return not any(mentions(condition, name) in (True, None) for name in others)
