"""Workflows that ``workflow_run`` waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.api import Finding, Status
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.records import Workflow
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.references.reusable import CALLABLE


def in_triggers(
    workflow: Workflow, workflows: Sequence[Workflow], repository: Repository
) -> Iterator[Finding]:
    """Names in the triggers of *workflow* that none of *workflows* has."""
    names = {n for w in workflows for n in (w.name, w.path) if n}
    known = {w.path for w in workflows}
    # One that is there and was not read may have the name.
    unread = repository.cut or any(
        CALLABLE.fullmatch(p) and p not in known for p in repository.names
    )
    for trigger in workflow.triggers:
        if trigger.event == "workflow_run":
            for name in trigger.filters.get("workflows", ()):
                if name not in names:
                    yield finding(
                        trigger.place,
                        workflow.path,
                        "no-such-run",
                        below=("workflows",),
                        status=Status.INCONCLUSIVE if unread else None,
                        workflow=name,
                    )
