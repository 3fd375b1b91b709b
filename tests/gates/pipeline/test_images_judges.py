"""``pipeline.image-reports`` and ``pipeline.image-vulnerabilities``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from golive.api import CheckResult, Reason, Unavailable
from golive_gates.pipeline.images.parts import TrivyRuns, Unread
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.scanned import (
    DIGEST,
    NAME,
    NOW,
    OTHER,
    grype,
    manifest,
    match,
    reports,
    sarif,
    trivy,
    vulnerability,
)
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes, evidence

IMAGE = f"{NAME}:1.0@{DIGEST}"
NONE = Unavailable(Reason("trivy-not-chosen"), kind="absent")


def look(
    name: str,
    *documents: Any,
    images: tuple[str, ...] = (IMAGE,),
    settings: Settings | None = None,
    unread: tuple[Unread, ...] = (),
    ran: TrivyRuns | Unavailable = NONE,
    files: dict[str, str] | None = None,
) -> CheckResult:
    seen = reports(*documents, unread=unread)
    release = {CI: workflow({"a": job("x")}), **(files or {})}
    if images:
        release["k8s/shop.yaml"] = manifest(*images)
    parts: dict[str, object] = {"ImageReports": seen, "TrivyRuns": ran}
    return judged(name, release, settings=settings, parts=parts)


@pytest.mark.parametrize(
    "document",
    [
        trivy(),
        trivy(vulnerability()),
        grype(),
        trivy(age=timedelta(days=7)),
        trivy(age=-timedelta(minutes=4)),
        sarif(age=timedelta(days=1)),
    ],
)
def test_the_very_image_was_scanned_lately(document: Any) -> None:
    result = look("image-reports", document)
    assert result.status.value == "pass", result.findings


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        (trivy(digest=OTHER), "fail", "other-digest"),
        (trivy(digest=OTHER, ArtifactName="elsewhere:1"), "fail", "no-report"),
        (trivy(ArtifactType="filesystem"), "fail", "other-digest"),
        (trivy(age=timedelta(days=8)), "fail", "too-old"),
        (trivy(age=-timedelta(hours=1)), "inconclusive", "from-the-future"),
        (trivy(CreatedAt=None), "inconclusive", "undated"),
        (trivy(Results=[]), "inconclusive", "nothing-looked-at"),
        (sarif(), "inconclusive", "undated"),
        (sarif("Grype", age=timedelta(days=1)), "fail", "no-report"),
        (
            grype(
                descriptor={
                    "timestamp": "2026-03-09T12:00:00Z",
                    "configuration": {"only-fixed": True},
                }
            ),
            "inconclusive",
            "left-out",
        ),
    ],
)
def test_what_proves_nothing(document: Any, status: str, code: str) -> None:
    result = look("image-reports", document)
    assert (result.status.value, codes(result)) == (status, [code])


def test_any_good_report_is_enough() -> None:
    old = trivy(age=timedelta(days=30))
    assert look("image-reports", old, grype()).status.value == "pass"
    assert look("image-reports", old, trivy()).status.value == "pass"


def test_a_file_that_is_no_report_may_have_been_the_one() -> None:
    unread = (Unread("reports/x.json", "not-json", "no JSON"),)
    result = look("image-reports", unread=unread)
    assert (result.status.value, codes(result)) == ("inconclusive", ["not-json", "no-report"])
    assert look("image-reports", trivy(), unread=unread).status.value == "inconclusive"


def test_an_image_without_a_digest_cannot_be_tied_to_any() -> None:
    result = look("image-reports", trivy(), images=(f"{NAME}:1.0",))
    assert (result.status.value, codes(result)) == ("inconclusive", ["no-digest"])


def test_one_of_two_images_was_not_scanned() -> None:
    result = look("image-reports", trivy(), images=(IMAGE, f"{NAME}/x@{OTHER}"))
    assert (result.status.value, codes(result)) == ("fail", ["no-report"])
    assert [f.json_path for f in result.findings] == ["spec.template.spec.containers[1].image"]


def test_no_image_at_all() -> None:
    result = look("image-reports", trivy(), images=())
    assert (result.status.value, result.reason.code) == ("inconclusive", "no-images")


def test_what_trivy_said_here_counts_as_well() -> None:
    ran = TrivyRuns(reports(trivy()).reports, NOW, "0.68.1", (), (evidence("trivy.json"),))
    assert look("image-reports", ran=ran).status.value == "pass"
    empty = TrivyRuns((), NOW, "", (Unread("trivy image x", "no-database"),))
    result = look("image-reports", ran=empty)
    assert (result.status.value, codes(result)) == ("inconclusive", ["no-database", "no-report"])


def test_neither_files_nor_trivy() -> None:
    gone = Unavailable(Reason("no-scan-results"), kind="absent")
    for check in ("image-reports", "image-vulnerabilities"):
        release = {CI: workflow({"a": job("x")}), "k8s/shop.yaml": manifest(IMAGE)}
        parts: dict[str, object] = {"ImageReports": gone, "TrivyRuns": NONE}
        result = judged(check, release, parts=parts)
        assert (result.status.value, result.reason.code) == ("inconclusive", "no-scan-results")


@pytest.mark.parametrize(
    "document",
    [
        trivy(),
        trivy(vulnerability(severity="MEDIUM"), vulnerability("CVE-2", "UNKNOWN")),
        grype(match(severity="Low")),
        trivy(age=timedelta(days=30)),  # how old it is, another check says
    ],
)
def test_a_clean_image(document: Any) -> None:
    assert look("image-vulnerabilities", document).status.value == "pass"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (trivy(vulnerability()), "vulnerability"),
        (trivy(vulnerability(severity="CRITICAL", fixed="")), "vulnerability-unfixed"),
        (grype(match(severity="Critical")), "vulnerability"),
        (grype(match(state="wont-fix")), "vulnerability-unfixed"),
        (sarif(), "vulnerability"),
    ],
)
def test_a_weak_image(document: Any, code: str) -> None:
    result = look("image-vulnerabilities", document)
    assert (result.status.value, codes(result)) == ("fail", [code])


def test_the_newest_report_of_each_scanner_decides() -> None:
    old, new = trivy(vulnerability(), age=timedelta(days=3)), trivy()
    assert look("image-vulnerabilities", old, new).status.value == "pass"
    assert look("image-vulnerabilities", new, grype(match())).status.value == "fail"
    future = trivy(age=-timedelta(days=300))
    assert look("image-vulnerabilities", future, old).status.value == "fail"


def test_settings_say_what_counts() -> None:
    unfixed = trivy(vulnerability(fixed=""))
    assert (
        look("image-vulnerabilities", unfixed, settings=Settings(scan_unfixed=False)).status.value
        == "pass"
    )
    medium = Settings(scan_severities=("MEDIUM",))
    assert look("image-vulnerabilities", unfixed, settings=medium).status.value == "pass"
    low = trivy(vulnerability(severity="MEDIUM"))
    assert look("image-vulnerabilities", low, settings=medium).status.value == "fail"


@pytest.mark.parametrize("given", [("SEVERE",), ()])
def test_a_severity_that_there_is_not(given: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="scan_severities"):
        Settings(scan_severities=given)


def test_many_findings_are_counted() -> None:
    many = trivy(*(vulnerability(f"CVE-2025-{n}") for n in range(30)))
    result = look("image-vulnerabilities", many)
    assert (len(result.findings), result.findings[-1].reason.code) == (21, "more")
    assert result.findings[-1].reason.params["count"] == 10


def test_an_image_without_a_report_keeps_it_from_passing() -> None:
    result = look("image-vulnerabilities", trivy(), images=(IMAGE, f"{NAME}/x@{OTHER}"))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.image-reports")
    none = look("image-vulnerabilities", trivy(digest=OTHER))
    assert (none.status.value, none.blocked_by) == ("inconclusive", "pipeline.image-reports")


def test_what_was_ignored_by_no_rule_that_can_be_seen() -> None:
    document = grype(ignoredMatches=[match("CVE-2025-9")])
    result = look("image-vulnerabilities", document)
    assert (result.status.value, codes(result)) == ("warn", ["ignored-elsewhere"])
    stated = {".grype.yaml": "ignore:\n  - vulnerability: CVE-2025-9\n    reason: x\n"}
    assert look("image-vulnerabilities", document, files=stated).status.value == "pass"
