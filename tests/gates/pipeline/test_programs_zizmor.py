"""``pipeline.zizmor``: the real zizmor, and doubles that do not answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from golive.api import Observation
from golive.linting import look
from golive.sources.reading import read_paths
from golive_gates.pipeline import files
from golive_gates.pipeline.observers import zizmor
from golive_gates.pipeline.observers.zizmor import ZizmorObserver
from golive_gates.pipeline.programs.owners import ACTIONLINT, ZIZMOR
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.looking_on import CHECKS, Kept, double, judged_on, looked, written
from tests.gates.pipeline.snippets import CI, job, workflow
from tests.gates.saying import codes

TITLE = 'echo "${{ github.event.pull_request.title }}"'
QUIET = "permissions: {}\nconcurrency: {group: w, cancel-in-progress: true}\n"


def of(*steps: str, extra: str = QUIET, on: str = "pull_request") -> str:
    return workflow({"test": job(*steps, extra="timeout-minutes: 5\nname: t\n")}, on, extra)


GOOD = of("pytest")
BAD = of(TITLE)


def seen(folder: Path, *texts: str, kept: Kept | None = None, **more: str) -> Observation:
    named = {CI.replace("ci.yml", f"ci{i or ''}.yml"): text for i, text in enumerate(texts)}
    written(folder, {**named, **{k.replace("__", "/"): v for k, v in more.items()}})
    return looked(folder, ZizmorObserver(), kept=kept)


def test_a_workflow_that_zizmor_has_nothing_against(tmp_path: Path) -> None:
    kept = Kept()
    result = judged_on("zizmor", seen(tmp_path, GOOD, kept=kept))
    assert result.status.value == "pass", result.findings
    assert {f.name: f.value for f in result.facts}["program_version"]
    assert json.loads(kept.texts["zizmor.json"])["files"] == 1


def test_text_of_a_stranger_in_a_script(tmp_path: Path) -> None:
    result = judged_on("zizmor", seen(tmp_path, GOOD, BAD))
    assert (result.status.value, codes(result)) == ("fail", ["says"])
    (found,) = result.findings
    assert found.subject == "template-injection"
    assert found.location is not None
    text = (tmp_path / CI.replace("ci.yml", "ci1.yml")).read_text(encoding="utf-8").splitlines()
    assert found.location.path == CI.replace("ci.yml", "ci1.yml")
    assert TITLE in text[(found.location.line or 0) - 1]


def test_what_its_comments_hide_is_counted(tmp_path: Path) -> None:
    hidden = BAD.replace(TITLE, f"{TITLE} # zizmor: ignore[template-injection]")
    result = judged_on("zizmor", seen(tmp_path, hidden))
    assert result.status.value == "pass", result.findings
    assert {f.name: f.value for f in result.facts}["ignored_by_comment"] == 1


def test_its_own_configuration_holds(tmp_path: Path) -> None:
    off = "rules:\n  template-injection:\n    disable: true\n"
    (tmp_path / "zizmor.yml").write_text(off, encoding="utf-8")
    assert judged_on("zizmor", seen(tmp_path, BAD)).status.value == "pass"


def test_what_another_check_reports_is_left_out_and_counted(tmp_path: Path) -> None:
    pinned_not = of("uses: docker/login-action@v3")
    result = judged_on("zizmor", seen(tmp_path, pinned_not))
    assert result.status.value == "pass", result.findings
    told = {f.name: f.value for f in result.facts}["judged_elsewhere"]
    assert told == "pipeline.action-pins: 1"


def test_what_it_is_not_sure_of_only_warns(tmp_path: Path) -> None:
    kept = of(f"uses: actions/checkout@{'a' * 40}")
    result = judged_on("zizmor", seen(tmp_path, kept))
    assert (result.status.value, [f.subject for f in result.findings]) == ("warn", ["artipacked"])


def test_the_checks_that_own_its_rules_exist() -> None:
    assert {*ZIZMOR.values(), *ACTIONLINT.values()} <= {c.spec.id for c in CHECKS.values()}


def test_a_file_that_it_refuses_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    odd = "name: w\non: push\njobs:\n  test:\n    steps: none\n"
    result = judged_on("zizmor", seen(tmp_path, odd, BAD))
    assert (result.status.value, sorted(codes(result))) == ("fail", ["program-refused", "says"])
    alone = judged_on(
        "zizmor", looked(written(tmp_path, {CI[:-6] + "ci1.yml": GOOD}), ZizmorObserver())
    )
    assert (alone.status.value, codes(alone)) == ("inconclusive", ["program-refused"])
    assert alone.blocked_by == "pipeline.schema"
    assert alone.findings[0].location is not None
    assert alone.findings[0].location.path == CI
    assert str(tmp_path) not in str(alone.findings)


def test_dependabot_with_a_word_that_the_schema_only_warns_of(tmp_path: Path) -> None:
    updates = "version: 2\nupdates:\n  - package-ecosystem: carrier\n    directory: /\n"
    text = f"{updates}    schedule: {{interval: weekly}}\n"
    written(tmp_path, {".github/dependabot.yml": text})
    part = seen(tmp_path, GOOD)
    assert judged_on("schema", part).status.value == "warn"
    result = judged_on("zizmor", part)
    assert (result.status.value, codes(result)) == ("inconclusive", ["program-refused"])
    assert [str(f.location) for f in result.findings] == [".github/dependabot.yml"]
    assert result.blocked_by == "pipeline.schema"


def test_its_own_configuration_that_it_cannot_read_has_no_other_cause(tmp_path: Path) -> None:
    written(tmp_path, {"zizmor.yml": "rules: [1]\n"})
    result = judged_on("zizmor", seen(tmp_path, GOOD))
    assert (result.status.value, set(codes(result))) == ("inconclusive", {"program-refused"})
    assert result.blocked_by is None


FOUND: list[Any] = [
    {
        "ident": "template-injection",
        "desc": "code injection",
        "determinations": {"severity": "High", "confidence": "High"},
        "locations": [
            {
                "symbolic": {"key": {"Local": {"verbatim_path": f"./{CI}"}}, "kind": "Primary"},
                "concrete": {"location": {"start_point": {"row": 6, "column": 4}}},
            }
        ],
    }
]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 1", "program-refused"),
        ("exit 3", "program-ended"),
        ("exit 0", "program-no-answer"),
        ("exit 14", "program-no-answer"),
        ("echo nonsense", "program-no-answer"),
        ("echo '{}'", "program-no-answer"),
        ("echo '[{}]'; exit 14", "program-no-answer"),
        ("echo '[]'; exit 14", "program-contradiction"),
        ("echo '[]'; kill -9 $$", "program-ended"),
        ("sleep 1000", "program-too-slow"),
        ("head -c 20000000 /dev/zero", "program-too-much"),
    ],
)
def test_one_that_does_not_answer_never_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    (tmp_path / "bin").mkdir()
    program = double(tmp_path / "bin", "zizmor", script)
    monkeypatch.setattr(zizmor, "found", lambda _: program)
    if code == "program-too-slow":
        monkeypatch.setattr(zizmor, "TIMEOUT", 0.5)
    result = judged_on("zizmor", seen(tmp_path, GOOD))
    assert (result.status.value, codes(result)) == ("inconclusive", [code])


def test_findings_with_exit_code_0_are_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "found.json").write_text(json.dumps(FOUND), encoding="utf-8")
    program = double(tmp_path / "bin", "zizmor", f"cat {tmp_path}/bin/found.json")
    monkeypatch.setattr(zizmor, "found", lambda _: program)
    result = judged_on("zizmor", seen(tmp_path, GOOD))
    assert (result.status.value, sorted(codes(result))) == (
        "fail",
        ["program-contradiction", "says"],
    )


def test_it_sees_the_workflows_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    script = f"find . -type f | sort > {tmp_path}/bin/listed; env > {tmp_path}/bin/env; echo '[]'"
    program = double(tmp_path / "bin", "zizmor", script)
    monkeypatch.setattr(zizmor, "found", lambda _: program)
    monkeypatch.setenv("GH_TOKEN", "canary-of-the-environment")
    action = "name: a\nruns: {using: composite, steps: []}\n"
    files_ = {"a/action.yml": action, "src/main.py": "", ".gitignore": ".github\n"}
    written(tmp_path, files_)
    assert judged_on("zizmor", seen(tmp_path, GOOD)).status.value == "pass"
    listed = (tmp_path / "bin" / "listed").read_text(encoding="utf-8").split()
    assert listed == [f"./{CI}", "./a/action.yml"]
    assert "canary" not in (tmp_path / "bin" / "env").read_text(encoding="utf-8")


def test_without_zizmor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zizmor, "found", lambda _: None)
    result = judged_on("zizmor", seen(tmp_path, GOOD))
    assert (result.status.value, result.reason.code) == ("inconclusive", "zizmor-missing")
    assert not result.spec.required
    tree = read_paths([tmp_path / ".github"])
    (linted,) = look({"pipeline": files.GATE}, tree, {"pipeline": Settings()}, ["pipeline.zizmor"])
    assert (linted.status.value, linted.reason.code) == ("not-applicable", "zizmor-missing")


def test_in_lint(tmp_path: Path) -> None:
    written(tmp_path, {CI: BAD})
    tree = read_paths([tmp_path])
    (linted,) = look({"pipeline": files.GATE}, tree, {"pipeline": Settings()}, ["pipeline.zizmor"])
    assert linted.status.value == "fail"
    place = linted.findings[0].location
    assert place is not None
    assert Path(place.path).samefile(tmp_path / CI)
