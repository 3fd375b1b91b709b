"""``pipeline.parse``."""

from __future__ import annotations

from tests.gates.pipeline.snippets import job, judged, pipeline, workflow
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
