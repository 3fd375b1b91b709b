"""`manifests.parse`: what could not be read, and that there was something to read."""

from __future__ import annotations

import pytest

from golive.api import Location, Observation, Status
from golive.sources.tree import FileKind, SourceFile, SourceProblem
from golive.texts import LANGUAGES, catalogue
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import CHECKS, EVIDENCE, judged
from tests.gates.saying import said


def test_objects_that_were_read_pass() -> None:
    assert (
        judged("parse", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n").status == "pass"
    )


@pytest.mark.parametrize("kind", [FileKind.KUBERNETES, FileKind.KUSTOMIZATION, FileKind.HELM_CHART])
def test_files_without_a_single_object_are_no_pass(kind: FileKind) -> None:
    part = Manifests((SourceFile("a.yaml", kind, 1),), (), (), (EVIDENCE,))
    result = CHECKS["parse"].evaluate(Observation({"Manifests": part}), Settings())
    assert result.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("hint", ["install helm: https://helm.sh", ""])
def test_a_finding_says_what_can_be_done(hint: str) -> None:
    place = Location("Chart.yaml", 1)
    problem = SourceProblem(place, FileKind.HELM_CHART, "renderer-missing", "no helm", hint)
    part = Manifests((SourceFile("Chart.yaml", problem.kind, 1),), (), (problem,), (EVIDENCE,))
    result = CHECKS["parse"].evaluate(Observation({"Manifests": part}), Settings())
    said(result)
    for lang in LANGUAGES:
        texts = catalogue("golive_gates.manifests", lang)
        (finding,) = result.findings
        said_so = texts.reason(finding.reason, result.spec.id)
        assert said_so == (f"no helm ({hint})" if hint else "no helm")
