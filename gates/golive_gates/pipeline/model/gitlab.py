"""GitLab pipelines to :mod:`golive_gates.pipeline.model.records`, in GitHub's words.

A stage needs the ones before it, ``allow_failure`` is ``continue-on-error``, ``when`` and ``rules``
are conditions (:mod:`golive_gates.pipeline.model.gitlab_conditions`). What ``before_script`` and
``script`` say is one step with the shell ``gitlab``: the runner ends at the first failure, pipes
included, and takes both for one script. ``after_script`` cannot fail a job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.sources.tree import FileKind
from golive_gates.pipeline.model.expressions import truth
from golive_gates.pipeline.model.github import mapping, text
from golive_gates.pipeline.model.gitlab_conditions import (
    EVENTS,
    UNKNOWN_RULE,
    by_refs,
    by_rules,
    by_when,
)
from golive_gates.pipeline.model.gitlab_files import Configuration, Found, Layer, configuration
from golive_gates.pipeline.model.gitlab_stages import needs_of, stages_of
from golive_gates.pipeline.model.records import Job, Place, Step, Trigger, Workflow
from golive_gates.pipeline.parts import Repository

SHELL = "gitlab"
MOST_JOBS = 1_000
_GLOBAL = ("default", "include", "stages", "types", "variables", "workflow", "image", "services")
_NO_JOBS = frozenset((*_GLOBAL, "spec", "before_script", "after_script", "cache"))


def read_pipelines(repository: Repository) -> tuple[Workflow, ...]:
    """Every GitLab pipeline of *repository*; a file that another includes is a part of that."""
    found = [
        configuration(d, repository)
        for d in repository.documents
        if d.kind is FileKind.GITLAB and set(d.data) != {"spec"}
    ]
    included = {path for c in found for path in c.files[1:]}
    return tuple(
        _workflow(c, repository.within(c.root.path)) for c in found if c.root.path not in included
    )


def _workflow(config: Configuration, path: str) -> Workflow:
    names = [n for n in config.entries if not n.startswith(".") and n not in _NO_JOBS][:MOST_JOBS]
    layers = {name: config.layers(name) for name in names}
    layers = {name: found for name, found in layers.items() if found}
    needs = needs_of(config, layers, stages_of(config))
    jobs = {name: _job(name, found, needs[name], config) for name, found in layers.items()}
    return Workflow(
        "gitlab",
        Place(config.root),
        path,
        text(mapping(_top(config, "workflow")).get("name")),
        tuple(_triggers(config, jobs)),
        None,
        jobs,
        _variables(_top(config, "variables")),
        unfollowed=tuple(config.unfollowed),
        missing=tuple(config.missing),
    )


def _top(config: Configuration, name: str) -> object:
    found = config.top(name)
    return None if found is None else found[0]


def _triggers(config: Configuration, jobs: Mapping[str, Job]) -> Iterator[Trigger]:
    rules = mapping(_top(config, "workflow")).get("rules")
    place = Place(config.root, ("workflow", "rules")) if rules else Place(config.root)
    listed = [v for v, _ in config.plain(rules, place)] if rules else []
    condition = by_rules(listed, "always") if rules else ""
    # Without rules of its own a pipeline for merge requests comes of the jobs that ask for one.
    asked = rules or any("pull_request" in job.condition for job in jobs.values())
    for event in dict.fromkeys(EVENTS.values()):
        if event == "pull_request" and not asked:
            continue
        if (
            event != "workflow_call"
            and truth(condition, {"github": {"event_name": event}}) is not False
        ):
            yield Trigger(event, place)


def _job(name: str, layers: list[Layer], needs: tuple[str, ...], config: Configuration) -> Job:
    place = layers[-1][1]
    environment = _merged(layers, "environment")
    condition, forgiven = _when(layers, config)
    parallel = mapping(_near(layers, "parallel")).get("matrix")
    return Job(
        place,
        name,
        name,
        needs,
        condition,
        forgiven,
        text(mapping(environment).get("name") if isinstance(environment, Mapping) else environment),
        tuple(_steps(layers, config)),
        _called(layers),
        {},
        parallel,
        None,
        tuple(_images(layers, config)),
        tuple(t for t, _ in config.texts(_near(layers, "tags"), place)),
        {**_variables(_top(config, "variables")), **_variables(_merged(layers, "variables"))},
    )


def _found(layers: list[Layer], key: str) -> Found | None:
    return next(((d[key], p.below(key)) for d, p in reversed(layers) if key in d), None)


def _near(layers: list[Layer], key: str) -> Any:  # noqa: ANN401 - YAML
    found = _found(layers, key)
    return None if found is None else found[0]


def _merged(layers: list[Layer], key: str) -> object:
    """The value of *key*; mappings of several layers are put together."""
    values = [d[key] for d, _ in layers if key in d]
    if not values or not isinstance(values[-1], Mapping):
        return values[-1] if values else None
    return {n: v for value in values if isinstance(value, Mapping) for n, v in value.items()}


def _usual(layers: list[Layer], key: str, config: Configuration) -> Found | None:
    """The value of *key*, else that of ``default``, else the one at the top."""
    own = _found(layers, key)
    inherit = mapping(_near(layers, "inherit")).get("default")
    if own is not None or inherit is False:
        return own
    if isinstance(inherit, list | tuple) and key not in inherit:
        return None
    for data, place in reversed(config.entries.get("default", [])):
        if isinstance(data, Mapping) and key in data:
            return data[key], place.below(key)
    return config.top(key)


def _steps(layers: list[Layer], config: Configuration) -> Iterator[Step]:
    before = _usual(layers, "before_script", config)
    script = _found(layers, "script")
    parts = [part for part in (before, script) if part is not None]
    texts = [t for part in parts for t in config.texts(*part)]
    if script is not None and texts:
        yield _step(0, "script", script[1], texts)
    after = _usual(layers, "after_script", config)
    texts = [] if after is None else list(config.texts(*after))
    if after is not None and texts:
        yield _step(1, "after_script", after[1], texts, forgiven=True)


def _step(
    index: int, name: str, place: Place, texts: list[tuple[str, Place]], *, forgiven: bool = False
) -> Step:
    lines: list[int] = []
    for said, at in texts:
        first, count = at.at().line or 1, said.rstrip("\n").count("\n")
        # The text of a block begins below the line that opens it.
        lines += [first + n + bool(count) for n in range(count + 1)]
    return Step(
        place,
        index,
        name,
        run="\n".join(said.rstrip("\n") for said, _ in texts),
        shell=SHELL,
        condition="always()" if forgiven else "",
        continue_on_error=True if forgiven else None,
        lines=tuple(lines),
    )


def _when(layers: list[Layer], config: Configuration) -> tuple[str, object]:
    """The condition of a job, and whether its failure is forgiven."""
    when, said = text(_near(layers, "when")), _near(layers, "allow_failure")
    forgiven: object = (
        said if isinstance(said, bool) or said is None else "${{ gitlab.exit_codes }}"
    )
    rules = _found(layers, "rules")
    if rules is not None:
        listed = [v for v, _ in config.plain(*rules)]
        told = [
            mapping(r).get("allow_failure", said)
            for r in listed
            if text(mapping(r).get("when")) != "never"
        ]
        if told and any(t is True for t in told):
            forgiven = True if all(t is True for t in told) else f"${{{{ {UNKNOWN_RULE} }}}}"
        return by_rules(listed, when), forgiven
    refs = by_refs(_near(layers, "only"), _near(layers, "except"))
    if when == "manual" and said is None:
        forgiven = True  # The pipeline goes on without it.
    return " && ".join(p for p in (by_when(when), refs) if p), forgiven


def _called(layers: list[Layer]) -> str:
    """The pipeline that a job starts, as far as a text tells."""
    trigger = _near(layers, "trigger")
    if trigger is None:
        return ""
    include = mapping(trigger).get("include")
    return text(trigger) or text(mapping(trigger).get("project")) or text(include) or "trigger"


def _images(layers: list[Layer], config: Configuration) -> Iterator[tuple[Place, str]]:
    image = _usual(layers, "image", config)
    if image is not None:
        yield from _image(*image)
    services = _usual(layers, "services", config)
    if services is not None:
        for value, place in config.plain(*services):
            yield from _image(value, place)


def _image(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    name = text(value)
    if name:
        yield place, name
    elif text(mapping(value).get("name")):
        yield place.below("name"), text(mapping(value).get("name"))


def _variables(value: object) -> Mapping[str, str]:
    return {
        str(name): text(mapping(said).get("value") if isinstance(said, Mapping) else said)
        for name, said in mapping(value).items()
    }
