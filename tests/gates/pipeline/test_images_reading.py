"""Reports of image scanners, read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.pipeline.images.parts import SEVERITIES
from golive_gates.pipeline.images.reading import NotAReportError, read, tried
from tests.gates.pipeline.scanned import (
    DIGEST,
    NAME,
    grype,
    match,
    sarif,
    trivy,
    vulnerability,
)


def one(document: Any) -> Any:
    (report,) = read(json.dumps(document), "r.json")
    return report


def test_trivys_json() -> None:
    report = one(trivy(vulnerability(), vulnerability("CVE-2025-2", "LOW", "")))
    assert (report.tool, report.version, report.artifact) == ("trivy", "0.68.1", f"{NAME}:1.0")
    assert (report.is_image, report.looked, report.digests) == (True, True, (DIGEST,))
    assert report.made is not None
    assert report.made.isoformat() == "2026-03-09T12:00:00.123456+00:00"
    assert [(w.id, w.severity, w.subject, w.fixed) for w in report.weaknesses] == [
        ("CVE-2025-1", "HIGH", "openssl 1.0", "1.1"),
        ("CVE-2025-2", "LOW", "openssl 1.0", ""),
    ]


def test_no_text_of_a_secret_is_kept() -> None:
    result = {
        "Target": "/app/.env",
        "Class": "secret",
        "Secrets": [
            {
                "RuleID": "aws-access-key-id",
                "Severity": "CRITICAL",
                "Match": "KEY=AKIAEXAMPLEVALUE",
                "Code": {"Lines": [{"Content": "KEY=AKIAEXAMPLEVALUE"}]},
            }
        ],
    }
    report = one(trivy(Results=[result]))
    assert "AKIA" not in repr(report)
    assert [(w.id, w.kind, w.subject) for w in report.weaknesses] == [
        ("aws-access-key-id", "secret", "/app/.env")
    ]
    assert not report.looked


def test_misconfigurations_that_passed_are_none() -> None:
    result = {
        "Target": "config",
        "Class": "config",
        "Misconfigurations": [
            {"ID": "AVD-DS-0002", "Severity": "HIGH", "Status": "FAIL"},
            {"ID": "AVD-DS-0001", "Severity": "HIGH", "Status": "PASS"},
        ],
    }
    assert [w.id for w in one(trivy(Results=[result])).weaknesses] == ["AVD-DS-0002"]


def test_what_trivy_ignored() -> None:
    result = {
        "Target": "x",
        "Class": "os-pkgs",
        "ExperimentalModifiedFindings": [
            {"Type": "vulnerability", "Status": "ignored", "Finding": vulnerability("CVE-2025-9")}
        ],
    }
    report = one(trivy(Results=[result]))
    assert ([w.id for w in report.ignored], report.weaknesses) == (["CVE-2025-9"], ())


@pytest.mark.parametrize(
    "more",
    [
        {"Results": []},
        {"Results": None},
        {"Results": "none"},
        {"Results": [{"Target": "x", "Class": "secret"}]},
    ],
)
def test_a_report_without_packages(more: dict[str, Any]) -> None:
    assert not one(trivy(**more)).looked


@pytest.mark.parametrize(
    "more", [{"ArtifactType": "filesystem"}, {"ArtifactType": 1}, {"SchemaVersion": 1}]
)
def test_a_report_about_no_image(more: dict[str, Any]) -> None:
    assert not one(trivy(**more)).is_image


@pytest.mark.parametrize(
    "made", ["", "yesterday", "2026-03-09", "0001-01-01T00:00:00Z", 5, None, "2026-03-09T12:00:00"]
)
def test_a_time_that_is_none(made: Any) -> None:
    assert one(trivy(CreatedAt=made)).made is None


def test_the_digest_in_the_name_counts() -> None:
    report = one(trivy(ArtifactName=f"{NAME}@{DIGEST}", Metadata={}))
    assert report.digests == (DIGEST,)
    assert one(trivy(Metadata={"ImageID": DIGEST})).digests == ()


def test_grypes_json() -> None:
    report = one(grype(match(), match("CVE-2025-2", "Negligible", "wont-fix")))
    assert (report.tool, report.is_image, report.looked) == ("grype", True, True)
    assert DIGEST in report.digests
    assert [(w.id, w.severity, w.fixed) for w in report.weaknesses] == [
        ("CVE-2025-1", "HIGH", "1.1"),
        ("CVE-2025-2", "NEGLIGIBLE", ""),
    ]


def test_what_grype_was_told() -> None:
    settings = {"name": "grype", "configuration": {"only-fixed": True}}
    report = one(grype(ignoredMatches=[match("CVE-2025-9")], descriptor=settings))
    assert (report.left_out, [w.id for w in report.ignored]) == (("unfixed",), ["CVE-2025-9"])
    assert not one(grype(distro={})).looked
    assert not one(grype(source={"type": "directory", "target": "."})).is_image


def test_sarif_of_trivy() -> None:
    report = one(sarif())
    assert (report.is_image, report.digests, report.made) == (True, (DIGEST,), None)
    assert [(w.id, w.severity, w.subject, w.fixed) for w in report.weaknesses] == [
        ("CVE-2025-1", "HIGH", "openssl", "1.1")
    ]


def test_sarif_of_grype_names_no_digest() -> None:
    report = one(sarif("Grype"))
    assert (report.tool, report.digests, report.is_image) == ("grype", (), False)


def test_a_severity_from_the_score() -> None:
    log = sarif("Grype")
    log["runs"][0]["tool"]["driver"]["rules"][0]["properties"] = {"security-severity": "9.8"}
    assert [w.severity for w in one(log).weaknesses] == ["CRITICAL"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-file"),
        (" \n", "empty-file"),
        ("{", "not-json"),
        ('{"SchemaVersion": 2, "Results": [}', "not-json"),
        ('{"SchemaVersion": NaN}', "not-json"),
        ('{"SchemaVersion": 2, "SchemaVersion": 2}', "not-json"),
        ("[" * 100_000, "not-json"),
        ("[]", "not-a-report"),
        ("null", "not-a-report"),
        ('"x"', "not-a-report"),
        ("{}", "not-a-report"),
        ('{"matches": []}', "not-a-report"),
        ('{"runs": []}', "not-a-report"),
        ('{"runs": [{"tool": {"driver": {"name": "CodeQL"}}, "results": []}]}', "not-a-report"),
        ('{"runs": [{"tool": {"driver": {"name": "Trivy"}}}]}', "not-a-report"),
        ('{"bomFormat": "CycloneDX"}', "not-a-report"),
    ],
)
def test_what_is_no_report(text: str, code: str) -> None:
    with pytest.raises(NotAReportError) as refused:
        read(text, "r.json")
    assert refused.value.code == code


NAMES = """
SchemaVersion Results Vulnerabilities Metadata RepoDigests ArtifactName ArtifactType Class Secrets
Misconfigurations ExperimentalModifiedFindings Finding matches descriptor source target ruleId
vulnerability artifact fix runs tool driver name rules results properties tags message text
invocations distro configuration ignoredMatches suppressions
"""
WORDS = st.sampled_from(NAMES.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from(["Trivy", "Grype", "os-pkgs", "container_image", f"a@{DIGEST}", "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=30,
)
BASES = st.sampled_from([trivy(vulnerability()), grype(match()), sarif(), sarif("Grype")])


@given(BASES, st.dictionaries(WORDS, VALUES, max_size=5))
def test_any_json_is_read_or_refused(base: dict[str, Any], more: dict[str, Any]) -> None:
    found, unread = tried(json.dumps({**base, **more}), "r.json")
    assert bool(found) != bool(unread)
    assert all(w.severity in SEVERITIES for r in found for w in (*r.weaknesses, *r.ignored))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(NotAReportError):
        read(text, "r.json")
