"""Which scans stand between an event and a deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.inspecting import Same
from golive_gates.pipeline.deploys.found import deploys_of
from golive_gates.pipeline.deploys.model import Deploy
from golive_gates.pipeline.model.expressions import has_status_function, truth
from golive_gates.pipeline.model.records import Guard, Run, Trigger, Unfollowed
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.covering import contexts_of, covers
from golive_gates.pipeline.scans.found import gaps_in, scans_of
from golive_gates.pipeline.scans.model import KINDS, Kind, Scan


@dataclass(frozen=True, slots=True)
class Gate:
    """Scans of one kind before one deployment.

    ``needed``: those that it waits for. ``inside``: all of its run and of the runs that it
    follows. ``elsewhere``: those of other runs. ``gaps``: what it waits for and nobody can look
    into. ``around``: the same of all that is inside. ``unheeded``: scans of a run that it follows
    whatever becomes of that.
    """

    deploy: Deploy
    kind: Kind
    needed: tuple[Scan, ...]
    inside: tuple[Scan, ...]
    elsewhere: tuple[Scan, ...]
    unheeded: tuple[Scan, ...]
    gaps: tuple[Unfollowed, ...]
    around: tuple[Unfollowed, ...]

    @property
    def exists(self) -> bool:
        """Whether any pipeline of the repository has such a scan."""
        return bool(self.inside or self.elsewhere)


def gates_of(repository: Repository, named: tuple[str, ...] = ()) -> tuple[Gate, ...]:
    """For each deployment one gate of every kind; found once. *named*: ``deploy_jobs``."""
    return _gates(Same(repository), named)


@lru_cache(maxsize=16)
def _gates(known: Same[Repository], named: tuple[str, ...]) -> tuple[Gate, ...]:
    repository = known.part
    scans = scans_of(repository)
    return tuple(
        _gate(deploy, kind, tuple(s for s in scans if s.kind == kind), repository)
        for deploy in deploys_of(repository, named)
        for kind in KINDS
    )


def _gate(deploy: Deploy, kind: Kind, scans: tuple[Scan, ...], repository: Repository) -> Gate:
    followed = tuple(_followed(deploy.run))
    heeds = bool(followed) and heeds_result(deploy)
    runs = (deploy.run, *followed)
    inside = tuple(s for s in scans if _within(s, runs))
    needed = tuple(s for s in inside if _waits_for(deploy, s, heeds=heeds))
    behind = tuple(s for s in inside if not _within(s, (deploy.run,)))
    before = (deploy.node, *(n for i, n in deploy.run.nodes.items() if i in deploy.node.needs))
    gaps = list(gaps_in(deploy.run, before, repository))
    around = list(gaps_in(deploy.run, tuple(deploy.run.nodes.values()), repository))
    for run in followed:
        there = gaps_in(run, tuple(run.nodes.values()), repository)
        around += there
        gaps += there if heeds else ()
    return Gate(
        deploy,
        kind,
        needed,
        inside,
        tuple(s for s in scans if not _within(s, runs)),
        () if heeds else behind,
        tuple(gaps),
        tuple(around),
    )


def _followed(run: Run, depth: int = 3) -> Iterator[Run]:
    for before in run.follows:
        yield before
        if depth:
            yield from _followed(before, depth - 1)


def _within(scan: Scan, runs: Iterable[Run]) -> bool:
    """Whether *scan* is in one of *runs*; a run that is followed is a copy of itself."""
    return any(scan.run.workflow is run.workflow for run in runs)


def _waits_for(deploy: Deploy, scan: Scan, *, heeds: bool) -> bool:
    if not _within(scan, (deploy.run,)):
        return heeds
    if scan.node.id == deploy.node.id:
        return scan.position <= deploy.position
    return scan.node.id in deploy.node.needs


def heeds_result(deploy: Deploy) -> bool:
    """Whether a run that ``workflow_run`` starts goes on only where the one before succeeded."""
    failed = {"github": {"event": {"workflow_run": {"conclusion": "failure"}}}}
    if _held(deploy.node.guards, failed):
        return True
    if any(has_status_function(g.job.condition) for g in deploy.node.guards):
        return False
    needed = (n for i, n in deploy.run.nodes.items() if i in deploy.node.needs)
    return any(_held(n.guards, failed) for n in needed)


def _held(guards: tuple[Guard, ...], contexts: Mapping[str, Any]) -> bool:
    return any(truth(g.job.condition, contexts, "success") is False for g in guards)


def starts_on(deploy: Deploy, trigger: Trigger | None) -> bool:
    """Whether *deploy* may happen when *trigger* starts its run: its conditions do not say no."""
    contexts = contexts_of(trigger)
    if _held(deploy.node.guards, contexts):
        return False
    return any(has_status_function(g.job.condition) for g in deploy.node.guards) or not any(
        _held(n.guards, contexts) and not _held(n.guards, {})
        for i, n in deploy.run.nodes.items()
        if i in deploy.node.needs
    )


def runs_on(scan: Scan, deploy: Deploy, trigger: Trigger | None) -> bool | None:
    """Whether *scan* runs when *trigger* starts the run of *deploy*; ``None``: it depends.

    What is never true is another check's finding and counts as true here.
    """
    if _within(scan, (deploy.run,)):
        return _performs(scan, trigger)
    if _within(scan, _followed(deploy.run)):
        return True
    answers = [
        covers(other, trigger) for other in scan.run.workflow.triggers if trigger is not None
    ]
    held = [_performs(scan, trigger)]
    if True in answers:
        return all(held)
    return None if None in answers and all(held) else False


def _performs(scan: Scan, trigger: Trigger | None) -> bool:
    contexts = contexts_of(trigger)
    conditions = (
        *(g.job.condition for g in scan.node.guards),
        *(s.condition for s in (*scan.step.within, scan.step)),
    )
    return not any(
        truth(c, contexts, "success") is False and truth(c, {}, "success") is not False
        for c in conditions
    )


def events_of(deploy: Deploy) -> tuple[Trigger | None, ...]:
    """What starts *deploy*; ``None`` alone for a pipeline that names nothing."""
    triggers = tuple(t for t in deploy.run.workflow.triggers if t.event != "workflow_call")
    return tuple(t for t in triggers if starts_on(deploy, t)) or triggers or (None,)


def scans_before(
    repository: Repository, named: tuple[str, ...], kinds: tuple[Kind, ...] = KINDS
) -> tuple[tuple[Scan, ...], tuple[Gate, ...]]:
    """Scans that a deployment waits for, each call once, and gates that have none.

    Where nothing deploys all scans count, and no gate is missing one.
    """
    gates = [g for g in gates_of(repository, named) if g.kind in kinds]
    if not gates:
        return _once(s for s in scans_of(repository) if s.kind in kinds), ()
    return _once(s for g in gates for s in g.needed), tuple(g for g in gates if not g.needed)


def _once(scans: Iterable[Scan]) -> tuple[Scan, ...]:
    found: dict[object, Scan] = {}
    for scan in scans:
        found.setdefault(scan.key, scan)
    return tuple(found.values())
