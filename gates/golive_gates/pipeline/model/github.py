"""GitHub workflows and composite actions to :mod:`golive_gates.pipeline.model.records`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.sources.tree import FileKind
from golive_gates.pipeline.model.records import Action, Job, Place, Step, Trigger, Workflow
from golive_gates.pipeline.parts import Repository


def read_workflows(repository: Repository) -> tuple[Workflow, ...]:
    """Every workflow of *repository*, GitLab's told in GitHub's words. Odd values are left out."""
    return tuple(
        _workflow(Place(d), repository.within(d.path))
        for d in repository.documents
        if d.kind is FileKind.WORKFLOW
    )


def read_actions(repository: Repository) -> tuple[Action, ...]:
    """Every local action of *repository*."""
    return tuple(
        Action(
            Place(d),
            repository.within(d.path).rpartition("/")[0],
            _steps(mapping(d.data.get("runs")).get("steps"), Place(d, ("runs", "steps")), ""),
            text(mapping(d.data.get("runs")).get("using")),
        )
        for d in repository.documents
        if d.kind is FileKind.ACTION
    )


def _workflow(place: Place, path: str) -> Workflow:
    data = place.source.data
    shell = _shell(data, "")
    jobs = {
        name: _job(name, mapping(job), place.below("jobs", name), shell)
        for name, job in mapping(data.get("jobs")).items()
    }
    return Workflow(
        "github",
        place,
        path,
        text(data.get("name")),
        tuple(_triggers(data.get("on"), place.below("on"))),
        data.get("permissions"),
        jobs,
        texts_by_name(data.get("env")),
    )


def _triggers(on: object, place: Place) -> Iterator[Trigger]:
    if isinstance(on, str):
        yield Trigger(on, place)
    elif isinstance(on, list | tuple):
        yield from (Trigger(e, place.below(n)) for n, e in enumerate(on) if isinstance(e, str))
    for event, said in mapping(on).items():
        filters = {name: listed(value) for name, value in mapping(said).items()}
        if isinstance(said, list | tuple):  # schedule
            filters = {"cron": tuple(text(mapping(entry).get("cron")) for entry in said)}
        yield Trigger(event, place.below(event), filters)


def _job(job_id: str, data: Mapping[str, Any], place: Place, shell: str) -> Job:
    environment = data.get("environment")
    return Job(
        place,
        job_id,
        text(data.get("name")),
        listed(data.get("needs")),
        text(data.get("if")),
        data.get("continue-on-error"),
        text(mapping(environment).get("name") if isinstance(environment, Mapping) else environment),
        _steps(data.get("steps"), place.below("steps"), _shell(data, shell)),
        text(data.get("uses")),
        texts_by_name(data.get("with")),
        mapping(data.get("strategy")).get("matrix"),
        data.get("permissions"),
        tuple(_images(data, place)),
        listed(data.get("runs-on")),
        texts_by_name(data.get("env")),
    )


def _images(data: Mapping[str, Any], place: Place) -> Iterator[tuple[Place, str]]:
    container = data.get("container")
    if isinstance(container, str):
        yield place.below("container"), container
    elif image := text(mapping(container).get("image")):
        yield place.below("container", "image"), image
    for name, service in mapping(data.get("services")).items():
        if image := text(mapping(service).get("image")):
            yield place.below("services", name, "image"), image


def _steps(steps: object, place: Place, shell: str) -> tuple[Step, ...]:
    found = steps if isinstance(steps, list | tuple) else ()
    return tuple(
        Step(
            place.below(index),
            index,
            text(step.get("name")),
            text(step.get("id")),
            text(step.get("uses")),
            text(step.get("run")),
            text(step.get("shell")) or shell,
            text(step.get("if")),
            step.get("continue-on-error"),
            texts_by_name(step.get("with")),
            texts_by_name(step.get("env")),
            text(step.get("working-directory")),
        )
        for index, step in enumerate(found)
        if isinstance(step, Mapping)
    )


def _shell(data: Mapping[str, Any], above: str) -> str:
    return text(mapping(mapping(data.get("defaults")).get("run")).get("shell")) or above


def mapping(value: object) -> Mapping[str, Any]:
    """*value*, or an empty mapping for anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """A scalar as GitHub reads it into a string; empty for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def listed(value: object) -> tuple[str, ...]:
    """The scalars of a list, or the one that stands for it."""
    if isinstance(value, list | tuple):
        return tuple(text(item) for item in value if text(item))
    return (text(value),) if text(value) else ()


def texts_by_name(value: object) -> Mapping[str, str]:
    """A mapping's scalars as texts."""
    return {str(name): text(item) for name, item in mapping(value).items()}
