"""``pipeline.own-secrets`` with the rules and the baseline that the pipeline's command names."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from golive.codec import encode
from golive_gates.pipeline.observers.gitleaks import OwnSecretsObserver
from golive_gates.pipeline.planting.keys import made_up
from tests.gates.pipeline.looking_on import Kept, judged_on, looked, written
from tests.gates.pipeline.snippets import CI, job, workflow
from tests.gates.saying import codes

RULES = "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['^tests/']\n"


def scanning(step: str) -> str:
    return workflow({"scan": job("uses: actions/checkout@v4", step)})


@pytest.mark.parametrize(
    "step",
    [
        "gitleaks dir -c ci/rules.toml .",
        "{run: gitleaks dir ., env: {GITLEAKS_CONFIG: ci/rules.toml}}",
        "{run: gitleaks dir --config=../ci/rules.toml ., working-directory: src}",
    ],
)
def test_the_rules_that_the_command_names(tmp_path: Path, step: str) -> None:
    key = made_up("github", secrets.choice)
    files = {CI: scanning(step), "ci/rules.toml": RULES, "tests/a.py": f'T = "{key}"\n'}
    result = judged_on("own-secrets", looked(written(tmp_path, files), OwnSecretsObserver()))
    assert (result.status.value, codes(result)) == ("warn", ["hidden"])


def entry(path: str, line: int, secret: str) -> dict[str, object]:
    return {
        "RuleID": "github-pat", "File": path, "StartLine": line, "Commit": "", "Secret": secret,
    }  # fmt: skip


def test_what_a_baseline_holds_is_let_through_and_what_is_new_is_not(tmp_path: Path) -> None:
    kept = Kept()
    old, new = (made_up("github", secrets.choice) for _ in range(2))
    files = {
        CI: scanning("gitleaks dir --baseline-path known.json ."),
        "known.json": json.dumps([entry("a.py", 1, "REDACTED")]),
        "a.py": f'T = "{old}"\n\nU = "{new}"\n',
    }
    seen = looked(written(tmp_path, files), OwnSecretsObserver(), kept=kept)
    result = judged_on("own-secrets", seen)
    said = {f.reason.code: str(f.location) for f in result.findings}
    assert (result.status.value, said["tree-leak"]) == ("fail", "a.py:3")
    everything = json.dumps(encode(seen.parts["OwnSecrets"])) + str(kept.texts) + str(result)
    assert old not in everything
    assert new not in everything
    written(tmp_path, {"a.py": f'T = "{old}"\n'})
    result = judged_on("own-secrets", looked(tmp_path, OwnSecretsObserver()))
    assert (result.status.value, codes(result)) == ("warn", ["hidden"])


@pytest.mark.parametrize("text", ["nonsense", "{}", "[7]"])
def test_a_baseline_that_is_none_lets_nothing_through(tmp_path: Path, text: str) -> None:
    files = {
        CI: scanning("gitleaks dir --baseline-path known.json ."),
        "known.json": text,
        "a.py": f'T = "{made_up("github", secrets.choice)}"\n',
    }
    result = judged_on("own-secrets", looked(written(tmp_path, files), OwnSecretsObserver()))
    assert (result.status.value, codes(result)) == ("fail", ["tree-leak"])
