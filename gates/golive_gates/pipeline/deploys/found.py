"""The jobs of a repository's pipelines that change production."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from golive.inspecting import Same
from golive_gates.pipeline.deploys.commands import (
    ACTIONS,
    TRIAL_ACTIONS,
    deploys,
    is_trial,
    publishes,
    publishing_action,
)
from golive_gates.pipeline.deploys.environments import environments_of
from golive_gates.pipeline.deploys.gitops import pushes_state
from golive_gates.pipeline.deploys.model import Deploy, Why
from golive_gates.pipeline.looking import runs_of
from golive_gates.pipeline.model.records import Node, Run, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.commands import (
    as_run,
    commands_of,
    known_text,
    program_in,
    unseen_in,
)
from golive_gates.pipeline.scans.known import action_named

_PRODUCTION = re.compile(r"(?:.*[^a-z])?(?:prod|production|prd|live)(?:[^a-z].*)?", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:.*[^a-z])?(?:stag(?:e|ing)|stg|dev|devel|development|test(?:ing)?|qa|uat|preview|review"
    r"|sandbox|demo|canary-test|ephemeral|ci|github-pages|docs?|pages|non-?prod\w*|pre-?prod\w*)"
    r"(?:[^a-z].*)?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:.*[^a-z])?(?:deploy|deployment|rollout|go-?live|release-?to-?prod(?:uction)?)"
    r"(?:[^a-z].*)?",
    re.IGNORECASE,
)
_PULLS = frozenset(("pull_request", "pull_request_target", "merge_group"))


def deploys_of(repository: Repository, named: tuple[str, ...] = ()) -> tuple[Deploy, ...]:
    """The jobs that change production; where there is none, those that publish.

    *named*: setting ``deploy_jobs``, ``workflow.yml:job`` each; they alone count where one is
    given. Found once. A job of a called workflow is found in each run that reaches it.
    """
    return _deploys(Same(repository), named)


@lru_cache(maxsize=16)
def _deploys(known: Same[Repository], named: tuple[str, ...]) -> tuple[Deploy, ...]:
    repository = known.part
    nodes = [(run, node) for run in runs_of(repository) for node in run.nodes.values()]
    if named:
        return tuple(
            Deploy(run, node, "setting", said, _position(node, repository))
            for run, node in nodes
            if (said := next((n for n in named if _is_named(n, run, node)), None)) is not None
        )
    found = tuple(d for run, node in nodes if (d := _deploy(run, node, repository)) is not None)
    if found:
        return found
    return tuple(
        replace(d, publishes_only=True)
        for run, node in nodes
        if (d := _publish(run, node, repository)) is not None
    )


def _is_named(text: str, run: Run, node: Node) -> bool:
    file, _, job = text.rpartition(":")
    path = run.workflow.path
    fits = not file or path == file or path.endswith(f"/{file}")
    inner = node.workflow.path
    called = bool(file) and (inner == file or inner.endswith(f"/{file}"))
    ids = {node.id, *(c.id for c in node.callers[:1])} if fits else set()
    return job in (ids | ({node.job.id} if called or (fits and not node.callers) else set()))


def unmatched(repository: Repository, named: tuple[str, ...]) -> tuple[str, ...]:
    """Entries of *named* that are no job here."""
    met = {d.what for d in deploys_of(repository, named)} if named else set()
    return tuple(n for n in named if n not in met)


def _position(node: Node, repository: Repository) -> int:
    known = (i for i, s in enumerate(node.steps) if _in_step(s, node, repository))
    return next(known, len(node.steps))


def _deploy(run: Run, node: Node, repository: Repository) -> Deploy | None:
    environments = environments_of(run, node, repository)
    for environment in environments:
        if _PRODUCTION.fullmatch(environment) and not _OTHER.fullmatch(environment):
            return Deploy(run, node, "environment", environment, _position(node, repository))
    elsewhere = bool(environments) and all(_OTHER.fullmatch(e) for e in environments)
    pulls_only = bool(run.workflow.events) and set(run.workflow.events) <= _PULLS
    if elsewhere or pulls_only or _is_try(node, repository):
        return None
    for index, step in enumerate(node.steps):
        if known := _in_step(step, node, repository):
            return Deploy(run, node, known[0], known[1], index)
        if unseen := _called(step, node, repository):
            return Deploy(run, node, "name", unseen, index)
    if (pushed := pushes_state(node, repository)) is not None:
        return Deploy(run, node, "command", "git push", pushed)
    names = (node.job.id, *(c.id for c in node.callers[:1]))
    called = [n for n in names if _NAMED.fullmatch(n) and not _OTHER.fullmatch(n)]
    if called and (node.steps or node.unfollowed) and not _only_waits(node):
        return Deploy(run, node, "name", called[0], len(node.steps))
    return None


def _only_waits(node: Node) -> bool:
    """A job that is called after a deployment and does nothing but checks or reports."""
    return not any(step.run or step.uses for step in node.steps) and not node.unfollowed


def _in_step(step: Step, node: Node, repository: Repository) -> tuple[Why, str] | None:
    name = action_named(step.uses)
    if name in ACTIONS:
        return "action", step.uses
    for program, words in _programs(step, node, repository):
        if deploys(program, words):
            return "command", " ".join((program, *words))[:80]
    return None


def _called(step: Step, node: Node, repository: Repository) -> str:
    """A script or target that is named for a deployment and that nobody can look into."""
    unseen = unseen_in(step, repository, node) if as_run(step, node).run else ()
    tasks = (
        " ".join((name, *words[:2]))
        for name, words in _programs(step, node, repository)
        if name in ("npm", "pnpm", "yarn", "bun") and words[:1] not in (("install",), ("add",))
    )
    for what in (*unseen, *tasks):
        named = what.split()[-1].rpartition("/")[2] if what.split() else ""
        if _NAMED.fullmatch(named) and not _OTHER.fullmatch(named):
            return what
    return ""


def _programs(
    step: Step, node: Node, repository: Repository
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if as_run(step, node).run:
        for command in commands_of(step, repository, node):
            yield program_in(command, step, node)


def _is_try(node: Node, repository: Repository) -> bool:
    """Whether the job has a cluster of its own, or is named after tests."""
    return any(
        action_named(step.uses) in TRIAL_ACTIONS
        or any(is_trial(*found) for found in _programs(step, node, repository))
        for step in node.steps
    )


def _publish(run: Run, node: Node, repository: Repository) -> Deploy | None:
    if bool(run.workflow.events) and set(run.workflow.events) <= _PULLS:
        return None
    for index, step in enumerate(node.steps):
        name = action_named(step.uses)
        inputs = {n: known_text(t, step, node) for n, t in step.inputs.items()}
        if name and publishing_action(name, inputs):
            return Deploy(run, node, "publish", step.uses, index)
        for program, words in _programs(step, node, repository):
            if publishes(program, words):
                return Deploy(run, node, "publish", " ".join((program, *words))[:80], index)
    return None
