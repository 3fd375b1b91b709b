"""Each file-based check has one mutation of the release that only it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.linting import static_checks
from golive_demo.broken_release import MUTATIONS, RELEASE, RUNNING, broken_copy, pipeline_running
from tests.mutations.release_mutations import CLEAN, GATES, NOT_INSTALLED, demand_only, results


@pytest.mark.parametrize("name", MUTATIONS)
def test_only_its_check_reports_a_mutation(name: str, tmp_path: Path) -> None:
    demand_only(MUTATIONS[name], tmp_path)


@pytest.mark.parametrize("name", pipeline_running.MUTATIONS)
def test_no_file_shows_a_mistake_that_only_a_drill_shows(name: str, tmp_path: Path) -> None:
    found = results(broken_copy(RUNNING[name], tmp_path))
    assert {i for i, r in found.items() if r.status.value not in CLEAN} <= NOT_INSTALLED


def test_every_static_check_has_a_mutation() -> None:
    checks = {c.spec.id for gate in GATES for c in static_checks(gate)}
    assert {m.check for m in MUTATIONS.values()} == checks - NOT_INSTALLED


def test_the_healthy_release_is_clean() -> None:
    found = {i: r for i, r in results(RELEASE).items() if r.status.value not in CLEAN}
    assert not found, {i: (r.status.value, r.reason, r.findings) for i, r in found.items()}
