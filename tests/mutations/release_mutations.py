"""The demo's release folder with one thing broken in it, and what golive then says."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from golive.linting import look
from golive.model import CheckResult
from golive.sources.reading import read_release
from golive_gates.manifests import GATE as MANIFESTS
from golive_gates.streaming import GATE as STREAMING

RELEASE = Path(__file__).parents[2] / "examples" / "golive_demo" / "release"
GROUPS = {
    "manifests": ("k8s/*.yaml", "prometheus/servicemonitor.yaml"),
    "nginx": ("nginx/nginx.conf",),
}
CLEAN = ("pass", "not-applicable")


@dataclass(frozen=True)
class Mutation:
    """Replace *old* (which must occur) by *new* in *file*; only *check* may then speak.

    ``count``: how many of the occurrences are replaced, 0 for all. ``status``: what it says.
    ``more``: further ``(file, old, new)`` replacements that belong to the same mistake. ``add``:
    ``(file, text)`` of files that the healthy release lacks; *file*, *old* and *new* may then be
    empty.
    """

    check: str
    file: str = ""
    old: str = ""
    new: str = ""
    count: int = 1
    status: str = "fail"
    more: tuple[tuple[str, str, str], ...] = ()
    add: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.check}: {self.file or self.add[0][0]}"


def mutated(mutation: Mutation, folder: Path) -> Path:
    copy = folder / "release"
    shutil.copytree(RELEASE, copy)
    first = (mutation.file, mutation.old, mutation.new)
    for file, old, new in (first, *mutation.more) if mutation.file else mutation.more:
        target = copy / file
        text = target.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}"
        target.write_text(text.replace(old, new, mutation.count or -1), encoding="utf-8")
    for file, text in mutation.add:
        assert not (copy / file).exists(), f"{file} is there already"
        (copy / file).write_text(text, encoding="utf-8")
    return copy


def results(folder: Path) -> dict[str, CheckResult]:
    gates = {"manifests": MANIFESTS, "streaming": STREAMING}
    settings = {name: gate.settings() for name, gate in gates.items()}
    found = look(gates, read_release(GROUPS, folder), settings)
    return {result.spec.id: result for result in found}


def demand_only(mutation: Mutation, folder: Path) -> None:
    """Only the mutation's check may say something else than of the healthy release.

    What it makes unreadable keeps others from passing: those have to name it as their cause.
    """
    healthy, broken = results(RELEASE), results(mutated(mutation, folder))
    changed = {
        check: (result.status.value, [(f.subject, f.reason) for f in result.findings])
        for check, result in broken.items()
        if result.status is not healthy[check].status
        and result.status.value not in CLEAN
        and result.blocked_by != mutation.check
    }
    assert set(changed) == {mutation.check}, changed
    assert changed[mutation.check][0] == mutation.status, changed
