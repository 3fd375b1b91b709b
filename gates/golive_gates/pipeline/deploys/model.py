"""A job that changes production, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive_gates.pipeline.model.records import Node, Run

Why = Literal["setting", "environment", "command", "action", "name", "publish"]


@dataclass(frozen=True, slots=True)
class Deploy:
    """One job of one run. ``why``: what shows it; ``what``: that as written.

    ``position``: of the first step that does it in ``node.steps``, or how many there are where
    none is known to. ``publishes_only``: it stores an image or a package and nothing in the
    repository deploys.
    """

    run: Run
    node: Node
    why: Why
    what: str
    position: int
    publishes_only: bool = False

    @property
    def subject(self) -> str:
        """What findings call it: ``deploy.yml: deploy``."""
        return f"{self.run.workflow.path.rpartition('/')[2]}: {self.node.id}"
