"""Each file-based check has one mutation of the release that only it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.linting import static_checks
from golive_gates.manifests import GATE as MANIFESTS
from golive_gates.streaming import GATE as STREAMING
from tests.mutations.mutated_cases import MUTATIONS
from tests.mutations.release_mutations import CLEAN, RELEASE, Mutation, demand_only, results


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_only_its_check_reports_a_mutation(mutation: Mutation, tmp_path: Path) -> None:
    demand_only(mutation, tmp_path)


def test_every_static_check_has_a_mutation() -> None:
    checks = {c.spec.id for gate in (MANIFESTS, STREAMING) for c in static_checks(gate)}
    assert {m.check for m in MUTATIONS} == checks


def test_the_healthy_release_is_clean() -> None:
    found = {i: r for i, r in results(RELEASE).items() if r.status.value not in CLEAN}
    assert not found, {i: (r.status.value, r.reason, r.findings) for i, r in found.items()}
