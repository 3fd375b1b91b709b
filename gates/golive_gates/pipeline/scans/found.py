"""Every scan of a repository's pipelines, and what might hold one and cannot be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from golive.inspecting import Same
from golive_gates.pipeline.looking import runs_of
from golive_gates.pipeline.model.records import Node, Run, Step, Unfollowed
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.commands import (
    Command,
    as_run,
    commands_of,
    known_text,
    program_in,
    tool_of_image,
    unseen_in,
)
from golive_gates.pipeline.scans.configured import configured
from golive_gates.pipeline.scans.known import (
    ACTIONS,
    KNOWN_OWNERS,
    PROGRAMS,
    action_named,
)
from golive_gates.pipeline.scans.model import Reading, Scan
from golive_gates.pipeline.scans.runners import with_runners


def scans_of(repository: Repository) -> tuple[Scan, ...]:
    """The scans of every run of *repository*, in the order of their steps; found once.

    A step that several runs reach, through a workflow that they call, is a scan in each of them.
    """
    return _scans(Same(repository))


@lru_cache(maxsize=8)
def _scans(known: Same[Repository]) -> tuple[Scan, ...]:
    repository = known.part
    return tuple(
        scan
        for run in runs_of(repository)
        for node in run.nodes.values()
        for position, step in enumerate(node.steps)
        for scan in _in_step(repository, run, node, position, step)
    )


def _in_step(
    repository: Repository, run: Run, node: Node, position: int, step: Step
) -> Iterator[Scan]:
    env = {**node.workflow.env, **node.job.env, **step.env}
    script = as_run(step, node)
    if step.uses and not script.run:
        place = step.place.below("uses")
        for read in _used(_inputs(step, node), step.uses, env):
            yield Scan(
                *(read.kind, read.tool, run, node, step, position, None, place),
                configured(read, step, repository),
                env,
            )
        return
    if not script.run:
        return
    place = step.place.below("uses" if step.uses else "run")
    tolerant = step.inputs.get("continue_on_error", "").strip().lower() == "true"
    read_in: list[tuple[Command, tuple[Reading, ...]]] = []
    for command in commands_of(step, repository, node):
        name, behind = program_in(command, step, node)
        reader = PROGRAMS.get(name)
        read_in.append((command, reader(behind, {**env, **command.env}) if reader else ()))
    for command, readings in with_runners(read_in):
        seen = {**env, **command.env}
        for read in readings:
            options = configured(read, step, repository)
            if step.uses and tolerant:
                why = {"stops": False, "why": "soft-fail", "given": "continue_on_error: true"}
                options = replace(options, **why)  # type: ignore[arg-type]
            yield Scan(
                *(read.kind, read.tool, run, node, step, position, command, place, options),
                seen,
            )


def _inputs(step: Step, node: Node) -> Mapping[str, str]:
    return {name: known_text(text, step, node) for name, text in step.inputs.items()}


def _used(inputs: Mapping[str, str], uses: str, env: Mapping[str, str]) -> tuple[Reading, ...]:
    if uses.strip().startswith("docker://"):
        tool = tool_of_image(uses.strip().removeprefix("docker://"))
        words = _split(inputs.get("args", ""))
        return PROGRAMS[tool](words, env) if tool in PROGRAMS else ()
    name = action_named(uses)
    reader = ACTIONS.get(name)
    return reader(inputs, env) if reader else ()


_WORD = re.compile(r"\$\{\{.*?\}\}|\"[^\"]*\"|'[^']*'|\S+")


def _split(text: str) -> tuple[str, ...]:
    return tuple(w.strip("\"'") for w in _WORD.findall(text))


def gaps_in(run: Run, nodes: tuple[Node, ...], repository: Repository) -> tuple[Unfollowed, ...]:
    """What *nodes* of *run* use that cannot be looked into: a scan may be in there.

    Actions of other repositories whose owner is known for no scan are none.
    """
    found: list[Unfollowed] = list(run.unfollowed)
    for node in nodes:
        found += node.unfollowed
        for step in node.steps:
            script = as_run(step, node)
            if script.run:
                place = step.place.below("uses" if step.uses else "run")
                found += (Unfollowed(place, what) for what in unseen_in(step, repository, node))
            elif _is_strange(step.uses):
                found.append(Unfollowed(step.place.below("uses"), step.uses))
    return tuple({(u.what, u.place.path): u for u in found}.values())


def _is_strange(uses: str) -> bool:
    name = action_named(uses)
    return bool(name) and name not in ACTIONS and name.partition("/")[0] not in KNOWN_OWNERS
