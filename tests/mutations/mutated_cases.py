"""Cases for the contract tests out of the release and its mutations, for file-based checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from golive.gate import Gate
from golive.linting import observe, static_checks
from golive.model import Location, Status
from golive.observation import Observation
from golive.sources.reading import read_release
from golive.sources.tree import FileKind, SourceProblem, SourceTree
from golive_demo.broken_release import MUTATIONS, RELEASE, Mutation, broken_copy
from tests.mutations.release_mutations import GROUPS

Case = tuple[Observation, object]

UNREAD = SourceTree(
    problems=(
        SourceProblem(Location("gone.yaml"), FileKind.KUBERNETES, "unreadable", "not readable"),
        SourceProblem(Location("gone.conf"), FileKind.NGINX, "unreadable", "not readable"),
        SourceProblem(
            Location(".github/workflows/gone.yml"), FileKind.WORKFLOW, "unreadable", "not readable"
        ),
    )
)


@dataclass(frozen=True)
class MutatedCases:
    """The healthy release, the one with the check's mutation, and one that cannot be read."""

    gate: Gate[Any]
    mutation: Mutation

    @property
    def passing(self) -> Case:
        return _healthy(self.gate.id, self.gate), self.gate.settings()

    @property
    def passes(self) -> frozenset[Status]:
        """The release need not have what the check is about; its unit tests have."""
        return frozenset({Status.PASS, Status.NOT_APPLICABLE})

    @property
    def failing(self) -> Case:
        with TemporaryDirectory() as folder:
            seen = _seen(self.gate, broken_copy(self.mutation, Path(folder)))
        return seen, self.gate.settings()

    @property
    def fails(self) -> frozenset[Status]:
        """Some checks say no more than that something should be looked at."""
        return frozenset({Status(self.mutation.status)})

    @property
    def no_evidence(self) -> Case:
        settings = self.gate.settings()
        with chdir(RELEASE):  # all that lies beside the files that cannot be read is well
            return observe(self.gate, UNREAD, settings), settings


def mutated_cases(gate: Gate[Any], but: Iterable[str]) -> Mapping[str, MutatedCases]:
    """Cases of the gate's file-based checks other than *but*."""
    wanted = {c.spec.id for c in static_checks(gate)} - set(but)
    return {m.check: MutatedCases(gate, m) for m in MUTATIONS.values() if m.check in wanted}


def _seen(gate: Gate[Any], folder: Path) -> Observation:
    with chdir(folder):
        return observe(gate, read_release(GROUPS, folder), gate.settings())


@cache
def _healthy(_gate_id: str, gate: Gate[Any]) -> Observation:
    return _seen(gate, RELEASE)
