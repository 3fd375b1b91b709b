"""Names under which the jobs of workflows appear as checks of a commit. Pure.

After "About status checks" and "Reuse workflows" in GitHub's documentation: ``name`` or the id, a
matrix in brackets behind it, and ``caller / called`` for a job of a called workflow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive_gates.pipeline.looking import runs_of
from golive_gates.pipeline.model.records import Job, Node
from golive_gates.pipeline.parts import Repository

ACTIONS_APP = 15368
"""Id of the app "GitHub Actions" at github.com."""
REPORTING = frozenset(
    ("pull_request", "pull_request_target", "merge_group", "push", "workflow_dispatch")
)
"""Events whose runs a pull request waits for."""
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def check_names(repository: Repository) -> tuple[re.Pattern[str], ...]:
    """What the checks of a pull request may be called, each as a pattern for the whole name."""
    return tuple(
        re.compile(text, re.DOTALL)
        for run in runs_of(repository)
        if run.workflow.forge == "github" and REPORTING & set(run.workflow.events)
        for node in run.nodes.values()
        for text in _patterns(node)
    )


def _patterns(node: Node) -> Iterator[str]:
    path = [_shown(job) for job in (*node.callers, node.job)]
    yield " / ".join(path)
    if node.job.uses:  # a called workflow that is not among the files: nobody knows its jobs
        yield f"{' / '.join(path)} / .+"


def _shown(job: Job) -> str:
    name = job.name or job.id
    if _EXPRESSION.search(name):
        return ".*".join(re.escape(part) for part in _EXPRESSION.split(name))
    return re.escape(name) + (r"(?: \(.*\))?" if job.matrix is not None else "")
