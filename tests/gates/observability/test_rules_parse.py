"""``observability.parse``, and that one broken group hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.api import CheckResult, Observation
from golive.linting import look, observe
from golive.sources.reading import read_release
from golive_gates.observability.files import GATE
from golive_gates.observability.looking import rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import CHECKS, alert, alerting, judged, rules
from tests.gates.saying import codes, said


def parsed(folder: Path, **files: str) -> CheckResult:
    """The check over files of the set ``rules``, by stem."""
    return parsed_of(observed(folder, **files))


def observed(folder: Path, **files: str) -> Observation:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return observe(GATE, read_release({"rules": ("*.yaml",)}, folder), Settings())


def parsed_of(seen: Observation) -> CheckResult:
    result = CHECKS["parse"].evaluate(seen, Settings())
    said(result)
    return result


def test_readable_files_pass() -> None:
    assert judged("parse", rules(alert("up == 0"))).status.value == "pass"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("groups:\n  - name: g\n    rules: [\n", "not-yaml", 4),
        ("groups:\n  - name: g\n    name: h\n    rules: []\n", "not-yaml", 3),
        (rules(alert("up == 0")) + "        for: {{ .Values.for }}\n", "template", 10),
        ("# nothing\n", "no-object", 1),
        ("groups: []\n", "no-object", 1),
        ("<html>503 Service Unavailable</html>\n", "no-object", 1),
        ('{"status": "error"}\n', "no-object", 1),
    ],
)
def test_what_cannot_be_read_names_its_place(
    text: str, code: str, line: int, tmp_path: Path
) -> None:
    result = parsed(tmp_path, a=text, good=rules(alert("up == 0")))
    assert (result.status.value, codes(result)) == ("fail", [code])
    place = result.findings[0].location
    assert place is not None
    assert (place.path, place.line) == ("a.yaml", line)


def test_a_broken_file_hides_no_other_and_keeps_checks_from_passing(tmp_path: Path) -> None:
    seen = observed(tmp_path, bad="groups: [\nrules:\n", good=rules(alert("up == 0")))
    assert [r.name for r in rules_of(seen.require(Alerting)).rules] == ["A"]
    result = CHECKS["comparison"].evaluate(seen, Settings())
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.parse")
    wrong = observed(tmp_path, bad="groups: [\nrules:\n", good=rules(alert("up")))
    assert CHECKS["comparison"].evaluate(wrong, Settings()).status.value == "fail"


def test_a_broken_manifest_is_the_manifests_gates_to_report(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rules(alert("up == 0")), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("apiVersion: v1\nkind: [Service\n", encoding="utf-8")
    groups = {"rules": ("a.yaml",), "manifests": ("b.yaml",)}
    for result in look({"o": GATE}, read_release(groups, tmp_path), {"o": Settings()}):
        if result.status.value != "not-applicable":
            assert (result.status.value, result.blocked_by) == ("inconclusive", "manifests.parse")
            assert not result.findings


def test_a_group_with_a_broken_schema_hides_no_other_group() -> None:
    text = (
        "groups:\n"
        "  - {name: a, rules: [{alert: A, expr: up == 0}]}\n"
        "  - 5\n"
        "  - {name: b, rules: {alert: B}}\n"
        "  - {name: c, rules: [5, null, {alert: [C], expr: up}, {alert: D, expr: up == 0}]}\n"
        "  - {name: [d], rules: [{alert: E, expr: up == 0, labels: [x], for: yes}]}\n"
    )
    part = alerting(text)
    assert [r.name for r in rules_of(part).rules] == ["A", "D", "E"]
    result = judged("rule-fields", text)
    assert result.status.value == "fail"
    assert {f.location.line for f in result.findings if f.location} == {3, 4, 5, 6}
    assert judged("comparison", text).status.value == "pass"
