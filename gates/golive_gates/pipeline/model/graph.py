"""Workflows to what they do when they run: each job with all that it needs.

Rules as of "Reuse workflows" and "Using jobs in a workflow" in GitHub's documentation: a job that
calls a workflow is done when all jobs of that workflow are, and fails when one of them does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from golive_gates.pipeline.model.calls import Calls
from golive_gates.pipeline.model.records import (
    Action,
    Guard,
    Job,
    Node,
    Run,
    Unfollowed,
    Workflow,
)
from golive_gates.pipeline.model.steps import taken_apart
from golive_gates.pipeline.parts import Repository

MOST_NODES = 1_000
"""Jobs of a run that are looked at; GitHub starts 256 of a matrix at most."""
MOST_LEVELS = 10
"""Workflows that may call each other in a row (GitHub's own bound)."""
MOST_FOLLOWED = 3
"""Runs that ``workflow_run`` may start in a row (GitHub's own bound)."""


def runs_in(
    workflows: Sequence[Workflow], actions: Sequence[Action], repository: Repository | None = None
) -> tuple[Run, ...]:
    """The run of every workflow that something else than a call starts.

    *repository*: where called workflows and actions that are not among those given are looked up.
    """
    calls = Calls(workflows, actions, repository)
    runs = {
        w.path: _run(w, calls)
        for w in workflows
        if w.forge == "gitlab" or set(w.events) - {"workflow_call"}
    }
    known: dict[tuple[str, int], Run] = {}
    return tuple(_linked(path, MOST_FOLLOWED, runs, known) for path in runs)


@dataclass(slots=True)
class _Building:
    """A run in the making."""

    calls: Calls
    nodes: dict[str, Node] = field(default_factory=dict)
    looked: int = 0
    closures: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def above(self, workflow: Workflow) -> Mapping[str, tuple[str, ...]]:
        """For each job of *workflow* all jobs that it needs, found once for all its calls."""
        found = self.closures.get(workflow.path)
        if found is None:
            found = self.closures[workflow.path] = closure(workflow.jobs)
        return found


@dataclass(frozen=True, slots=True)
class _Part:
    """A workflow in its run: the one that an event starts, or one that is called."""

    workflow: Workflow
    prefix: str = ""
    callers: tuple[Job, ...] = ()
    guards: tuple[Guard, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    trail: tuple[str, ...] = ()

    def called(self, workflow: Workflow, job: Job, guard: Guard) -> _Part | None:
        """What *job*, which waits as *guard* says, calls; ``None`` in a circle."""
        if workflow.path in self.trail or len(self.trail) > MOST_LEVELS:
            return None
        return _Part(
            workflow,
            f"{self.prefix}{job.id} / ",
            (*self.callers, job),
            (*self.guards, guard),
            {**workflow.defaults, **job.inputs},
            (*self.trail, workflow.path),
        )


def _run(workflow: Workflow, calls: Calls) -> Run:
    building = _Building(calls)
    _add(building, _Part(workflow, trail=(workflow.path,)))
    unfollowed = list(workflow.unfollowed)
    if building.looked > MOST_NODES:
        jobs = workflow.place.below("jobs")
        unfollowed.append(Unfollowed(jobs, f"more than {MOST_NODES:,} jobs"))
    return Run(workflow, building.nodes, unfollowed=tuple(unfollowed))


def _add(building: _Building, part: _Part) -> tuple[str, ...]:
    """Add what *part* consists of, each job after all that it needs; ids of it."""
    workflow = part.workflow
    above = building.above(workflow)
    inner: dict[str, tuple[str, ...]] = {}
    for name in _in_order(workflow.jobs, above):
        building.looked += 1
        if building.looked > MOST_NODES:
            break
        job = workflow.jobs[name]
        # Of a circle, which GitHub refuses, some of the jobs are not there yet.
        waited = frozenset(i for n in above.get(name, ()) if n != name for i in inner.get(n, ()))
        guard = Guard(job, waited, {n: inner[n] for n in job.needs if n in inner})
        found = building.calls.workflow(job) if job.uses else None
        called = None if found is None else part.called(found, job, guard)
        if called is not None:
            inner[name] = _add(building, called)
            continue
        node = _node(part, guard, building.calls)
        building.nodes[node.id] = node
        inner[name] = (node.id,)
    return tuple(i for name in workflow.jobs for i in inner.get(name, ()))


def _node(part: _Part, guard: Guard, calls: Calls) -> Node:
    job, guards = guard.job, (*part.guards, guard)
    steps, unfollowed = taken_apart(job.steps, calls)
    if job.uses:
        unfollowed = (*unfollowed, Unfollowed(job.place.below("uses"), job.uses))
    needs = frozenset(i for g in guards for i in g.needs)
    return Node(
        f"{part.prefix}{job.id}",
        job,
        part.workflow,
        part.callers,
        steps,
        needs,
        unfollowed,
        guards,
        part.given,
    )


def _in_order(jobs: Mapping[str, Job], above: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Names of *jobs*, each after those that it needs, else as they are written."""
    return sorted(jobs, key=lambda name: len(above.get(name, ())))


def closure(jobs: Mapping[str, Job]) -> Mapping[str, tuple[str, ...]]:
    """For each of *jobs* the names of all that it needs, transitively; itself where in a cycle.

    Names that are no job are left out. Warshall's algorithm over bits, so that no graph is slow.
    """
    names = list(jobs)[: 2 * MOST_NODES]
    number = {name: n for n, name in enumerate(names)}
    reached = [
        sum({1 << number[need] for need in jobs[name].needs if need in number}) for name in names
    ]
    for middle, _ in enumerate(names):
        bit, further = 1 << middle, reached[middle]
        if further:
            reached = [r | further if r & bit else r for r in reached]
    return {
        name: tuple(other for other in names if reached[n] >> number[other] & 1)
        if reached[n]
        else ()
        for n, name in enumerate(names)
    }


def _linked(
    path: str, levels: int, runs: Mapping[str, Run], known: dict[tuple[str, int], Run]
) -> Run:
    """The run of *path* with those that it follows, *levels* deep, so that circles end."""
    if (path, levels) in known:
        return known[path, levels]
    run = runs[path]
    follows: dict[str, Run] = {}
    unfollowed = list(run.unfollowed)
    for trigger in run.workflow.triggers if levels else ():
        if trigger.event != "workflow_run":
            continue
        for name in trigger.filters.get("workflows", ()):
            before = [p for p, r in runs.items() if p != path and name in (r.workflow.name, p)]
            if not before:
                unfollowed.append(Unfollowed(trigger.place.below("workflows"), name))
            follows.update((p, _linked(p, levels - 1, runs, known)) for p in before)
    found = replace(run, follows=tuple(follows.values()), unfollowed=tuple(unfollowed))
    known[path, levels] = found
    return found
