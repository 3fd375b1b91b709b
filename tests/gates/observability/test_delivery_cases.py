"""The release's own configuration, the cases of the contract tests, and large trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.api import Status
from golive.linting import look
from golive.sources.reading import read_tree
from golive_demo.broken_release import RELEASE, broken_copy
from golive_demo.broken_release.alerts_delivery import MUTATIONS
from golive_gates.observability.files import GATE
from tests.gates.observability.cases_delivery import CASES
from tests.gates.observability.delivery import configuration, delivered, severe
from tests.gates.observability.snippets import CHECKS

OURS = ("routes", "receivers", "receiver-secrets", "inhibition", "mute-times")


def results(folder: Path) -> dict[str, str]:
    """Status by check, of the folder's alerting files."""
    files = [*folder.glob("prometheus/*.y*ml"), *folder.glob("alertmanager/*.yml")]
    found = look(
        {"observability": GATE}, read_tree(files, folder), {"observability": GATE.settings()}
    )
    return {r.spec.id: r.status.value for r in found}


def test_the_release_is_clean() -> None:
    found = results(RELEASE)
    assert {f"observability.{n}" for n in OURS} <= found.keys()
    assert {found[f"observability.{n}"] for n in OURS} <= {"pass", "not-applicable"}


@pytest.mark.parametrize("number", range(len(MUTATIONS)))
def test_only_its_check_reports_a_mutation(number: int, tmp_path: Path) -> None:
    mutation = MUTATIONS[number]
    healthy, broken = results(RELEASE), results(broken_copy(mutation, tmp_path))
    changed = {k: v for k, v in broken.items() if v != healthy[k] and v != "pass"}
    assert changed == {mutation.check: mutation.status}


def test_every_file_check_of_delivery_has_a_mutation() -> None:
    assert {m.check for m in MUTATIONS} == {f"observability.{n}" for n in OURS}


@pytest.mark.parametrize("check", CASES)
def test_the_cases_of_the_contract(check: str) -> None:
    judge = CHECKS[check.partition(".")[2]]
    cases = CASES[check]
    found = [judge.evaluate(*c).status for c in (cases.passing, cases.failing, cases.no_evidence)]
    assert found == [Status.PASS, Status.FAIL, Status.INCONCLUSIVE]


def test_many_alerts_through_many_routes() -> None:
    routes = [
        f"{{matchers: ['team=\"t{i}\"', 'severity=\"critical\"'], receiver: page}}"
        for i in range(200)
    ]
    alerts = [severe("critical", name=f"A{i}", labels=f", team: t{i % 250}") for i in range(500)]
    result = delivered("routes", configuration(*routes, default="'null'"), *alerts)
    assert result.status is Status.FAIL
    assert result.findings[0].reason.params["alerts"] == "A200, A201, A202 (+97)"
