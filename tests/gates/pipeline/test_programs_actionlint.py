"""``pipeline.actionlint``, with doubles that replay what actionlint 1.7.12 prints.

The program is in no package, so none of these tests starts it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from golive.linting import look
from golive.sources.reading import read_paths
from golive_gates.pipeline import files
from golive_gates.pipeline.observers import actionlint
from golive_gates.pipeline.observers.actionlint import ActionlintObserver
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.looking_on import double, judged_on, looked, written
from tests.gates.pipeline.snippets import CI, job, workflow
from tests.gates.saying import codes

GOOD = workflow({"test": job("pytest")})
VERSION = (
    'if [ "$1" = -version ]; then printf "v1.7.12\\ninstalled by building from source\\n"; '
    "exit 0; fi"
)


def said(kind: str, message: str = "m", line: int = 6) -> dict[str, Any]:
    return {
        "message": message,
        "filepath": CI,
        "line": line,
        "column": 24,
        "kind": kind,
        "snippet": "      - run: echo\n               ^~~~",
        "end_column": 54,
    }


def seen(folder: Path, patch: pytest.MonkeyPatch, script: str, found: Any = None) -> Any:
    (folder / "bin").mkdir()
    (folder / "bin" / "found.json").write_text(json.dumps(found), encoding="utf-8")
    script = f"{VERSION}\n{script.replace('FOUND', str(folder / 'bin' / 'found.json'))}"
    program = double(folder / "bin", "actionlint", script)
    patch.setattr(actionlint, "found", lambda _: program)
    written(folder, {CI: GOOD})
    return looked(folder, ActionlintObserver())


def test_nothing_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = judged_on("actionlint", seen(tmp_path, monkeypatch, "echo '[]'"))
    assert result.status.value == "pass"
    assert {f.name: f.value for f in result.facts}["program_version"] == "1.7.12"


def test_a_finding_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [said("expression", "property is not defined")]
    result = judged_on("actionlint", seen(tmp_path, monkeypatch, "cat FOUND; exit 1", found))
    assert (result.status.value, codes(result)) == ("fail", ["says"])
    assert str(result.findings[0].location) == f"{CI}:6:24"


def test_a_label_that_it_does_not_know_may_be_that_of_an_own_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [said("runner-label")]
    result = judged_on("actionlint", seen(tmp_path, monkeypatch, "cat FOUND; exit 1", found))
    assert result.status.value == "warn"


def test_what_other_checks_report_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = said("expression", '"github.head_ref" is potentially untrusted. avoid using it')
    found = [said("job-needs"), said("syntax-check"), stranger]
    result = judged_on("actionlint", seen(tmp_path, monkeypatch, "cat FOUND; exit 1", found))
    assert result.status.value == "pass"
    told = {f.name: f.value for f in result.facts}["judged_elsewhere"]
    assert told == "pipeline.references: 1, pipeline.schema: 1, pipeline.zizmor: 1"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 0", "program-no-answer"),
        ("exit 2", "program-ended"),
        ("exit 3", "program-ended"),
        ("echo '[]'; exit 1", "program-contradiction"),
        ("echo '[{\"kind\": 1}]'; exit 1", "program-no-answer"),
        ("echo '[]'; kill -9 $$", "program-ended"),
        ("sleep 1000", "program-too-slow"),
    ],
)
def test_one_that_does_not_answer_never_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    if code == "program-too-slow":
        monkeypatch.setattr(actionlint, "TIMEOUT", 0.5)
    result = judged_on("actionlint", seen(tmp_path, monkeypatch, script))
    assert (result.status.value, codes(result)) == ("inconclusive", [code])


def test_it_is_told_to_start_no_other_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = seen(tmp_path, monkeypatch, f'printf "%s\\n" "$@" > {tmp_path}/bin/asked; echo "[]"')
    assert judged_on("actionlint", part).status.value == "pass"
    asked = (tmp_path / "bin" / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == ["-format", "{{json .}}", "-shellcheck=", "-pyflakes=", "-no-color", CI]


def test_without_actionlint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {CI: GOOD})
    monkeypatch.setattr(actionlint, "found", lambda _: None)
    result = judged_on("actionlint", looked(tmp_path, ActionlintObserver()))
    assert (result.status.value, result.reason.code) == ("not-applicable", "actionlint-missing")
    assert not result.spec.required
    only = ["pipeline.actionlint"]
    tree = read_paths([tmp_path])
    (linted,) = look({"pipeline": files.GATE}, tree, {"pipeline": Settings()}, only)
    assert (linted.status.value, linted.reason.code) == ("not-applicable", "actionlint-missing")
