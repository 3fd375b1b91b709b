"""GitHub workflows and composite actions to :mod:`golive_gates.pipeline.model.records`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.sources.tree import PlainDocument
from golive_gates.pipeline.model.records import Action, Job, Place, Step, Trigger, Workflow


def read_workflow(document: PlainDocument, path: str) -> Workflow:
    """The workflow that *document* is; *path*: from the root. Odd values are left out."""
    place, data = Place(document), document.data
    shell = _shell(data, "")
    jobs = {
        name: _job(name, mapping(job), place.below("jobs", name), shell)
        for name, job in mapping(data.get("jobs")).items()
    }
    called = mapping(mapping(data.get("on")).get("workflow_call"))
    return Workflow(
        "github",
        place,
        path,
        text(data.get("name")),
        tuple(_triggers(data.get("on"), place.below("on"))),
        data.get("permissions"),
        jobs,
        texts_by_name(data.get("env")),
        _defaults(called.get("inputs")),
    )


def read_action(document: PlainDocument, path: str) -> Action:
    """The action that *document* is; *path*: its folder from the root."""
    runs = mapping(document.data.get("runs"))
    return Action(
        Place(document),
        path,
        _steps(runs.get("steps"), Place(document, ("runs", "steps")), ""),
        text(runs.get("using")),
        _defaults(document.data.get("inputs")),
    )


def _defaults(inputs: object) -> Mapping[str, str]:
    said = {name: mapping(given).get("default") for name, given in mapping(inputs).items()}
    return {name: text(value) for name, value in said.items() if value is not None}


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
