"""Pipelines of any shape: nothing crashes, and what is large takes no more than its share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import Observation
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.pipeline.checks import references, schema
from golive_gates.pipeline.looking import actions_of, runs_of, workflows_of
from golive_gates.pipeline.model.expressions import filled, is_true, truth, value_of
from golive_gates.pipeline.model.failing import starts_after
from golive_gates.pipeline.model.gitlab_conditions import condition_of
from golive_gates.pipeline.model.matrix import expanded
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.snippets import CI, job, judged, pipeline, workflow

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        (
            "a",
            "b",
            "./.github/workflows/ci.yml",
            "./a",
            "${{ a }}",
            "always()",
            "push",
            "!reference",
        )
    )
    | st.text(max_size=8)
)
WORDS = (
    "a b on jobs needs steps uses run with if strategy matrix include exclude "
    "workflow_call workflow_run workflows inputs secrets default required runs using "
    "composite script extends stage stages rules only except when allow_failure "
    "parallel default before_script variables image services trigger local .a "
    "continue-on-error env environment name id shell "
)
NAMES = st.sampled_from(WORDS.split()) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=6)


def looked_at(kind: FileKind, path: str, data: dict[str, Any]) -> None:
    document = PlainDocument(kind, data, path)
    repository = Repository("", (document,), {}, {}, frozenset((path,)))
    runs = runs_of(repository)
    for run in runs:
        for name, node in run.nodes.items():
            assert set(node.needs) <= set(run.nodes)
            assert name not in starts_after(run, name)
            expanded(node.job, repository)
    for flow in workflows_of(repository):
        for one in flow.jobs.values():
            truth(one.condition)
            is_true(one.continue_on_error)
    actions_of(repository)
    seen = Observation({"Pipeline": Pipeline((repository,))})
    for check in (schema, references):
        assert check.judge(seen, Settings()).spec is check.SPEC


@given(DOCUMENTS, st.dictionaries(NAMES, VALUES, max_size=4), VALUES)
def test_workflows(rest: dict[str, Any], jobs: dict[str, Any], on: object) -> None:
    looked_at(FileKind.WORKFLOW, CI, {**rest, "on": on, "jobs": jobs})


@given(DOCUMENTS, VALUES)
def test_actions(rest: dict[str, Any], steps: object) -> None:
    looked_at(FileKind.ACTION, "a/action.yml", {**rest, "runs": {"steps": steps}})


@given(DOCUMENTS, DOCUMENTS)
def test_gitlab_pipelines(rest: dict[str, Any], one: dict[str, Any]) -> None:
    looked_at(FileKind.GITLAB, ".gitlab-ci.yml", {**rest, "one": one, ".a": {"script": ["x"]}})


@given(st.text("ab.$' (){}[]!&|=,*0x_\n", max_size=40))
def test_expressions(text: str) -> None:
    for whole in (text, f"${{{{ {text} }}}}", f"x ${{{{ {text}"):
        assert truth(whole) in (True, False, None)
        value_of(whole)
        assert isinstance(filled(whole, {"a": "b"}), str)
    assert isinstance(truth(condition_of(text)), bool | None)


@pytest.mark.parametrize("data", [[], None, 3, "x", {"a": None}, {"a": [1]}, {"a": {"steps": 3}}])
def test_jobs_that_are_none(data: object) -> None:
    looked_at(FileKind.WORKFLOW, CI, {"on": "push", "jobs": data})


def test_a_workflow_of_thousands_of_lines() -> None:
    jobs = {
        f"j{n}": job(
            *(["{run: make, if: always()}"] * 10),
            extra=f"needs: [{', '.join(f'j{m}' for m in range(max(0, n - 20), n))}]\n",
        )
        for n in range(150)
    }
    text = workflow(jobs)
    assert text.count("\n") > 2_000
    (repository,) = pipeline(text).repositories
    (run,) = runs_of(repository)
    assert len(run.nodes["j149"].needs) == 149
    assert judged("schema", text).status.value == "pass"
    assert judged("references", text).status.value == "pass"


def test_anchors() -> None:
    text = """
        on: push
        jobs:
          a: &job
            runs-on: ubuntu-24.04
            steps: &steps
              - run: pytest
          b: {runs-on: x, steps: *steps}
        """
    (repository,) = pipeline(text).repositories
    (flow,) = workflows_of(repository)
    assert [s.run for j in flow.jobs.values() for s in j.steps] == ["pytest", "pytest"]
    assert judged("schema", text).status.value == "pass"
