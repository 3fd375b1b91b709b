"""Actions of the same repository that steps use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from golive.api import Finding, Status
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.calls import local_path
from golive_gates.pipeline.model.records import Step
from golive_gates.pipeline.parts import Repository

_FILES = ("action.yml", "action.yaml", "Dockerfile", "dockerfile")


def in_steps(steps: Sequence[Step], repository: Repository) -> Iterator[Finding]:
    """What is wrong with the names of *steps* of one job or action."""
    seen = Counter(step.id.lower() for step in steps if step.id)
    for step in steps:
        if step.id and seen[step.id.lower()] > 1:
            seen[step.id.lower()] = 0
            yield finding(step.place, step.label, "same-id", below=("id",), id=step.id)
        if "${{" in step.uses:
            yield finding(step.place, step.label, "expression-in-uses", below=("uses",))
            continue
        path = local_path(step.uses)
        if path is not None and not _there(repository, path):
            yield finding(
                step.place,
                step.label,
                "no-action",
                below=("uses",),
                status=Status.INCONCLUSIVE if _made(step, path, steps, repository) else None,
                path=path or ".",
            )


def _there(repository: Repository, path: str) -> bool:
    files = {f"{path}/{name}" if path else name for name in _FILES}
    shown = {repository.shown(file) for file in files}
    return bool(files & repository.names) or any(d.path in shown for d in repository.documents)


def _made(step: Step, path: str, steps: Sequence[Step], repository: Repository) -> bool:
    """Whether *path* may come to be in the run: a checkout elsewhere, a step that makes it.

    What is behind ``$/`` is taken from the commit and not from the folder of the run.
    """
    parts = path.split("/")
    above = {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}
    if repository.cut or above & repository.names:  # A link, which is not followed.
        return True
    return not step.uses.startswith("$") and any(
        s.inputs.get("path") or s.inputs.get("repository") or (s.run and parts[0] in s.run)
        for s in steps
    )
