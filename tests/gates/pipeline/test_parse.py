"""``pipeline.parse``."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from golive.sources.reading import read_paths
from golive.sources.tree import SourceProblem
from tests.gates.pipeline.snippets import CI, job, judged, pipeline, workflow
from tests.gates.saying import codes

GOOD = workflow({"test": job("pytest")})


def test_a_workflow_that_is_read() -> None:
    assert judged("parse", GOOD).status.value == "pass"


def test_one_that_cannot_be_read() -> None:
    result = judged("parse", GOOD, problems=1)
    assert (result.status.value, codes(result)) == ("fail", ["not-yaml"])


def test_the_repository_is_what_is_around_the_workflows() -> None:
    files = {
        "app/.github/workflows/ci.yml": GOOD,
        "app/scripts/scan.sh": "gitleaks git .\n",
        "app/.gitleaks.toml": "[extend]\n",
        "app/src/main.py": "",
    }
    (repository,) = pipeline(files).repositories
    assert repository.text("scripts/scan.sh") == "gitleaks git .\n"
    assert {"src/main.py", ".gitleaks.toml"} <= repository.names
    assert repository.text("src/main.py") is None
    assert repository.within(repository.documents[0].path) == ".github/workflows/ci.yml"


def test_what_the_forges_do_not_read() -> None:
    for text in ("on: push\njobs: {a: 1, a: 2}\n", "on: push\njobs: {a: !x {}}\n", "on: [\n"):
        (problem,) = read(text)
        assert (problem.code, problem.kind.value) == ("not-yaml", "github-workflow")


def read(text: str, path: str = CI) -> tuple[SourceProblem, ...]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / path
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        return read_paths([Path(folder)]).problems


def test_references_are_read_in_gitlab_pipelines_alone() -> None:
    text = "on: push\njobs: {a: {steps: !reference [x, y]}}\n"
    assert read(text, "ci/.gitlab-ci.yml") == ()
    assert [p.code for p in read(text)] == ["not-yaml"]
    other = text.replace("!reference", "!other")
    assert [p.code for p in read(other, "ci/.gitlab-ci.yml")] == ["not-yaml"]
