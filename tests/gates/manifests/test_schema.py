from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes.schema_formats import FORMATS
from golive.texts import LANGUAGES, catalogue
from golive_gates.manifests import GATE
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: registry.example/api:1.0.0
          ports: [{containerPort: 8000}]
"""
BOTH = Settings(kubernetes=("1.27", "1.34"))


def test_right_objects_pass() -> None:
    for check in ("schema", "unknown-fields"):
        result = judged(check, DEPLOYMENT)
        assert (result.status, result.reason.params["n"]) == ("pass", 1)


def test_a_wrong_type_fails_at_its_line_and_nowhere_else() -> None:
    text = DEPLOYMENT.replace("replicas: 2", 'replicas: "2"')
    result = judged("schema", text)
    assert (result.status, codes(result), places(result)) == ("fail", ["quoted"], ["spec.replicas"])
    (finding,) = result.findings
    assert finding.location is not None
    assert finding.location.line == 6
    assert str(finding.resource) == "Deployment/api"
    assert judged("unknown-fields", text).status == "pass"


def test_a_missing_field_is_placed_where_it_would_stand() -> None:
    result = judged(
        "schema", DEPLOYMENT.replace("          image: registry.example/api:1.0.0\n", "")
    )
    assert (codes(result), places(result)) == (
        ["missing"],
        ["spec.template.spec.containers[0].image"],
    )
    (finding,) = result.findings
    assert finding.location is not None
    assert finding.location.line in (11, 12)


def test_an_unknown_field_is_reported_once_with_what_was_meant() -> None:
    text = DEPLOYMENT.replace("replicas:", "replica:")
    result = judged("unknown-fields", text)
    assert (result.status, codes(result)) == ("fail", ["unknown-field-near"])
    assert result.findings[0].reason.params["suggestion"] == "replicas"
    assert judged("schema", text).status == "pass"
    strange = judged("unknown-fields", DEPLOYMENT.replace("replicas:", "quux:"))
    assert codes(strange) == ["unknown-field"]


def test_each_target_version_is_asked_and_named() -> None:
    text = DEPLOYMENT.replace("replicas: 2", "replicas: -1").rstrip() + (
        "\n          lifecycle: {preStop: {sleep: {seconds: 5}}}\n"
    )
    assert judged("unknown-fields", text).status == "pass"
    unknown = judged("unknown-fields", text, settings=BOTH)
    assert [f.reason.params["where"] for f in unknown.findings] == [" (Kubernetes 1.27)"]
    everywhere = judged("schema", DEPLOYMENT.replace("replicas: 2", "replicas: -1"), settings=BOTH)
    assert [f.reason.params["where"] for f in everywhere.findings] == [""]


@pytest.mark.parametrize("check", ["schema", "unknown-fields"])
def test_without_evidence_nothing_passes(check: str) -> None:
    assert judged(check, DEPLOYMENT, problems=1).status == "inconclusive"
    custom = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    assert judged(check, custom).status == "not-applicable"


def test_a_version_without_definitions_is_a_settings_error() -> None:
    with pytest.raises(ValueError, match=r"1\.99.*1\.25 to 1\.\d+"):
        Settings(kubernetes=("1.34", "1.99"))


def test_every_format_has_its_sentence() -> None:
    for lang in LANGUAGES:
        reasons = catalogue(GATE.package, lang).tables["reasons"]
        assert {f"bad-{name}" for name in FORMATS} <= set(reasons)


WORDS = st.sampled_from(["a", "1", "true", "null", "[]", "{}", "[a]", "{a: b}", "3.5", '"2"'])


@given(st.tuples(WORDS, WORDS, WORDS, WORDS))
def test_any_value_anywhere_gets_a_result_that_can_be_said(values: tuple[str, ...]) -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\n"
        "spec: {replicas: %s, selector: %s, template: {metadata: {}, spec: {containers: %s}}}\n"
    )
    result = judged("schema", text % values)
    assert result.status in ("pass", "fail")


def test_the_data_of_the_definitions_ships_with_golive() -> None:
    folder = Path(__file__).parents[3] / "golive" / "sources" / "kubernetes" / "schema_data"
    assert len(list(folder.glob("*.toml"))) == 4
