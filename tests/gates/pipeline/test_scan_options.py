"""``pipeline.scan-options``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.scanning import CHECKOUT, GITLEAKS, SCANS, TRIVY, deploying, whole
from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes

ACTION = "uses: aquasecurity/trivy-action@v1\nwith: {image-ref: ghcr.io/x/app:1"


def of_image(*steps: str) -> tuple[str, list[str]]:
    result = judged("scan-options", whole(image=job(*steps)))
    return result.status.value, codes(result)


def test_scans_that_fail() -> None:
    assert judged("scan-options", whole()).status.value == "pass"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("trivy image ghcr.io/x/app:1", "exit-code-missing"),
        ("trivy image --exit-code 0 ghcr.io/x/app:1", "exit-code-zero"),
        (f"{ACTION}}}", "exit-code-missing"),
        (f"{ACTION}, format: sarif, output: x}}", "sarif-only"),
        ("grype ghcr.io/x/app:1", "fail-on-missing"),
        ("docker scout cves ghcr.io/x/app:1", "option-missing"),
        ("snyk container monitor ghcr.io/x/app:1", "monitor-only"),
        (f"{TRIVY} --severity LOW,MEDIUM", "critical-left-out"),
        (f"{TRIVY} --skip-dirs '**'", "skips-everything"),
    ],
)
def test_scans_that_do_not(step: str, code: str) -> None:
    assert of_image(step) == ("fail", [code])


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (f"{TRIVY} --severity CRITICAL", "high-left-out"),
        ("grype ghcr.io/x/app:1 --fail-on critical", "high-left-out"),
        (f"{ACTION}, exit-code: '1', format: sarif, severity: HIGH}}", "sarif-severities"),
    ],
)
def test_what_only_should_be_looked_at(step: str, code: str) -> None:
    assert of_image(step) == ("warn", [code])


def test_sarif_with_severities_that_are_applied() -> None:
    step = f"{ACTION}, exit-code: '1', format: sarif, severity: 'HIGH,CRITICAL', "
    assert of_image(f"{step}limit-severities-for-sarif: true}}")[0] == "pass"


def test_an_expression_is_undecided() -> None:
    step = f"{ACTION}, exit-code: '${{{{ vars.CODE }}}}'}}"
    assert of_image(step) == ("inconclusive", ["exit-code-unknown"])


def test_a_report_beside_a_scan_that_fails() -> None:
    report = f"{ACTION}, format: sarif, output: x}}"
    assert of_image(report, f"{ACTION}, exit-code: '1'}}")[0] == "pass"
    other = "trivy image --exit-code 1 ghcr.io/x/other:1"
    assert of_image(report, other) == ("fail", ["sarif-only"])


def test_secrets_of_the_tree_are_covered_by_the_history() -> None:
    tree = "gitleaks dir --exit-code 0 ."
    assert (
        judged("scan-options", whole(secrets=job(CHECKOUT, GITLEAKS, tree))).status.value == "pass"
    )
    result = judged(
        "scan-options", whole(secrets=job(CHECKOUT, "gitleaks git --exit-code 0 .", tree))
    )
    assert codes(result) == ["exit-code-zero", "exit-code-zero"]


def test_a_scan_that_nothing_waits_for_is_another_checks_finding() -> None:
    text = whole(image=job("trivy image x"), deploy=deploying("secrets", "test"))
    result = judged("scan-options", text)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.deploy-needs")


def test_where_nothing_deploys_every_scan_counts() -> None:
    assert codes(judged("scan-options", workflow({**SCANS, "image": job("trivy image x")}))) == [
        "exit-code-missing"
    ]
    assert judged("scan-options", workflow({"one": job("echo")})).status.value == "not-applicable"
