"""Rules that gitleaks refuses are the cause of what it then does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive_gates.pipeline.observers.gitleaks import OwnSecretsObserver
from golive_gates.pipeline.observers.planted import PlantedObserver
from tests.gates.pipeline.looking_on import judged_on, looked, written
from tests.gates.pipeline.snippets import CI, job, judged, workflow

STEPS = ("{uses: actions/checkout@v4, with: {fetch-depth: 0}}", "gitleaks git .")
FLOW = workflow(
    {
        "scan": job(*STEPS),
        "deploy": job("kubectl apply -f k8s/", extra="needs: [scan]\nenvironment: production\n"),
    }
)


@pytest.mark.parametrize(
    "rules",
    ["[extend", "[extend]\npath = '../rules.toml'\n", "[[rules]]\nid = 'x'\nregex = '('\n"],
)
def test_a_configuration_that_is_refused(tmp_path: Path, rules: str) -> None:
    files = {CI: FLOW, ".gitleaks.toml": rules}
    assert judged("allow-lists", files).status.value in ("fail", "inconclusive")
    own = judged_on("own-secrets", looked(written(tmp_path, files), OwnSecretsObserver()))
    assert (own.status.value, own.blocked_by) == ("inconclusive", "pipeline.allow-lists")
    drill = judged_on("planted-secret", looked(tmp_path, PlantedObserver()))
    assert (drill.status.value, drill.blocked_by) == ("inconclusive", "pipeline.allow-lists")
