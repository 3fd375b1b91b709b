"""``pipeline.planted-secret`` with the real gitleaks and git."""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from golive.api import CheckResult
from golive.codec import encode
from golive_demo.broken_release import RELEASE
from golive_gates.pipeline.observers import planted
from golive_gates.pipeline.observers.planted import PlantedObserver
from golive_gates.pipeline.observers.scanner import Report, Scanner
from golive_gates.pipeline.planting import garden
from golive_gates.pipeline.planting.keys import KINDS, made_up
from golive_gates.pipeline.planting.parts import Planted
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.looking_on import Kept, double, judged_on, looked, written
from tests.gates.pipeline.snippets import CI, job, workflow
from tests.gates.saying import codes

FULL = "{uses: actions/checkout@v4, with: {fetch-depth: 0}}"
SHALLOW = "uses: actions/checkout@v4"
DEPLOY = "name: production\n"
RULES = "[extend]\nuseDefault = true\n"
SECRET_FORMS = re.compile(r"sk-proj-[\w-]{20}|sk-ant-api03-[\w-]{20}|AKIA[A-Z2-7]{16}|ghp_\w{36}")


def pipeline(*steps: str) -> str:
    """A secret scan of *steps*, and a deployment that waits for it."""
    deploy = job("kubectl apply -f k8s/", extra="needs: [scan]\nenvironment: production\n")
    return workflow({"scan": job(*steps), "deploy": deploy}, "{push: {branches: [main]}}")


def drilled(
    folder: Path, text: str, *, kept: Kept | None = None, **more: str
) -> tuple[Planted, CheckResult]:
    files = {CI: text, **{name.replace("__", "/"): held for name, held in more.items()}}
    seen = looked(written(folder, files), PlantedObserver(), kept=kept)
    part = seen.require(Planted)
    return part, judged_on("planted-secret", seen)


def facts(result: CheckResult) -> dict[str, object]:
    return {f.name: f.value for f in result.facts}


def test_a_scan_of_the_whole_history_stops_every_key(tmp_path: Path) -> None:
    kept = Kept()
    part, result = drilled(tmp_path, pipeline(FULL, "gitleaks git --redact ."), kept=kept)
    assert result.status.value == "pass", result.findings
    (drill,) = part.drills
    assert len(drill.keys) == len(drill.control) == 2 * len(KINDS) * len(garden.PLACES)
    assert facts(result)["keys_stopping"] == len(drill.keys)
    everything = json.dumps(encode(part)) + str(result) + str(kept.texts)
    assert not SECRET_FORMS.search(everything)


def test_the_action_scans_what_was_pushed(tmp_path: Path) -> None:
    part, result = drilled(tmp_path, pipeline(FULL, "uses: gitleaks/gitleaks-action@v2"))
    assert part.drills[0].commands[0].status == 2
    assert result.status.value == "pass", result.findings


def test_a_shallow_clone_hides_the_history(tmp_path: Path) -> None:
    part, result = drilled(tmp_path, pipeline(SHALLOW, "gitleaks git ."))
    assert codes(result) == ["history"]
    assert part.drills[0].commands[0].depth == 1
    # The files say so already: one cause is one failure.
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.full-history")


def test_two_scans_together_see_the_history_and_the_tree(tmp_path: Path) -> None:
    steps = (FULL, "gitleaks git --log-opts=-2 .", "gitleaks dir .")
    _, result = drilled(tmp_path, pipeline(*steps))
    assert codes(result) == ["history"]
    _, result = drilled(tmp_path, pipeline(FULL, "gitleaks git .", "gitleaks dir ."))
    assert result.status.value == "pass"


def test_rules_that_know_one_kind_of_key(tmp_path: Path) -> None:
    own = "[[rules]]\nid = 'aws'\nregex = '''AKIA[A-Z2-7]{16}'''\n"
    text = pipeline(FULL, "gitleaks git --config=own.toml .")
    _, result = drilled(tmp_path, text, **{"own.toml": own})
    wrong = [f for f in result.findings if f.reason.code == "kind"]
    assert [f.reason.params["kind"] for f in wrong] == ["openai", "anthropic", "github"]
    assert result.status.value in ("fail", "inconclusive")


def test_an_allow_list_of_everything(tmp_path: Path) -> None:
    everything = f"{RULES}[[allowlists]]\nregexes = ['''.*''']\n"
    _, result = drilled(
        tmp_path, pipeline(FULL, "gitleaks git ."), **{".gitleaks.toml": everything}
    )
    assert codes(result) == ["green"]
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.allow-lists")


def test_an_allow_list_of_fixtures_only_warns(tmp_path: Path) -> None:
    fixtures = f"{RULES}[[allowlists]]\npaths = ['''^tests/''']\n"
    _, result = drilled(tmp_path, pipeline(FULL, "gitleaks git ."), **{".gitleaks.toml": fixtures})
    assert codes(result) == ["place-aside"]
    assert result.status.value in ("warn", "inconclusive")


def test_rules_that_extend_others_of_the_repository(tmp_path: Path) -> None:
    more = {
        ".gitleaks.toml": "[extend]\npath = 'ci/base.toml'\n",
        "ci/base.toml": f"{RULES}[[allowlists]]\npaths = ['''^docs/''']\n",
    }
    _, result = drilled(tmp_path, pipeline(FULL, "gitleaks git ."), **more)
    assert [f.reason.params["place"] for f in result.findings] == ["docs/setup.md"]


def test_a_scan_that_ends_with_success_whatever_it_finds(tmp_path: Path) -> None:
    _, result = drilled(tmp_path, pipeline(FULL, "gitleaks git --exit-code 0 ."))
    assert codes(result) == ["green-reported"]
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.scan-options")


def test_a_scan_that_sees_everything_and_whose_failure_is_lost(tmp_path: Path) -> None:
    part, result = drilled(tmp_path, pipeline(FULL, "gitleaks git . || true"))
    assert len(part.drills[0].commands[0].found) == len(part.drills[0].keys)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.neutralised")


def test_a_lost_failure_of_something_else_is_no_matter(tmp_path: Path) -> None:
    _, result = drilled(tmp_path, pipeline(FULL, "gitleaks git .", "pytest || true"))
    assert result.status.value == "pass"


def test_the_folder_of_the_step(tmp_path: Path) -> None:
    step = "{run: gitleaks dir ., working-directory: src}"
    _, result = drilled(tmp_path, pipeline(FULL, step, "gitleaks git ."))
    assert result.status.value == "pass"
    _, result = drilled(tmp_path, pipeline(FULL, step))
    assert "history" in codes(result)
    assert {f.reason.params.get("place") for f in result.findings} >= {".env.production"}


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("gitleaks git --config=/etc/rules.toml .", "run-outside"),
        ("gitleaks git --config=missing.toml .", "run-no-file"),
        ("gitleaks git --new-option .", "run-option"),
        ("gitleaks git --log-opts=${{ inputs.range }} .", "run-expression"),
        ("trufflehog git file://. --fail", "run-other-tool"),
        ("{run: gitleaks git ., env: {GITLEAKS_CONFIG_TOML: '[extend]'}}", "run-inline"),
    ],
)
def test_what_cannot_be_run_is_named(tmp_path: Path, step: str, code: str) -> None:
    _, result = drilled(tmp_path, pipeline(FULL, step))
    assert (result.status.value, codes(result)) == ("inconclusive", [code])
    assert result.blocked_by is None


def test_what_cannot_be_run_is_no_matter_where_another_scan_stops_everything(
    tmp_path: Path,
) -> None:
    steps = (FULL, "gitleaks git .", "trufflehog git file://. --fail")
    _, result = drilled(tmp_path, pipeline(*steps))
    assert result.status.value == "pass", result.findings
    assert facts(result)["commands_not_run"] == 1


def test_no_scan_at_all(tmp_path: Path) -> None:
    _, result = drilled(tmp_path, pipeline(FULL, "pytest"))
    assert (result.status.value, result.reason.code) == ("inconclusive", "no-scan")
    assert result.blocked_by == "pipeline.secret-scan"


def test_the_same_scan_is_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    real = Scanner.scan

    async def counting(self: Scanner, words: Sequence[str], *more: Any) -> Report:
        ran.append(" ".join(words))
        return await real(self, words, *more)

    monkeypatch.setattr(Scanner, "scan", counting)
    same = {f".github/workflows/w{n}.yml": pipeline(FULL, "gitleaks git .") for n in range(25)}
    more = {".github/workflows/z.yml": pipeline(SHALLOW, "gitleaks git .")}
    seen = looked(written(tmp_path, {**same, **more}), PlantedObserver())
    assert ran.count("git .") == 2
    runs = seen.require(Planted).drills[0].commands
    assert len({(run.path, run.depth) for run in runs}) == len(runs) == 26
    assert not [run for run in runs if run.problem]


def test_nothing_of_a_git_folder_is_copied(tmp_path: Path) -> None:
    run = f'[filter "f"]\nclean = touch {tmp_path}/ran\n[core]\nbare = false\n'
    more = {".git/config": run, ".gitattributes": "* filter=f\n"}
    scan = "gitleaks git --config=.git/config --baseline-path=.gitattributes ."
    _, result = drilled(tmp_path, pipeline(FULL, scan), **more)
    assert result.status.value == "inconclusive"
    assert not (tmp_path / "ran").exists()


def test_a_drill_that_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garden, "made_up", lambda kind, _: f"no-key-of-{kind}")
    part, result = drilled(tmp_path, pipeline(FULL, "gitleaks git ."))
    assert part.drills[0].control == ()
    assert (result.status.value, result.reason.code) == ("inconclusive", "drill-invalid")


def test_a_git_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, broken = planted.found, double(tmp_path, "git", "echo 'fatal: no' >&2; exit 128")
    monkeypatch.setattr(planted, "found", lambda n: broken if n == "git" else real(n))
    _, result = drilled(tmp_path / "r", pipeline(FULL, "gitleaks git ."))
    assert (result.status.value, result.reason.code) == ("inconclusive", "drill-failed")
    assert "fatal: no" in str(result.reason.params["detail"])


@pytest.mark.parametrize("missing", ["gitleaks", "git"])
def test_without_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    real = planted.found
    monkeypatch.setattr(planted, "found", lambda n: None if n == missing else real(n))
    seen = looked(written(tmp_path, {CI: pipeline(FULL, "gitleaks git .")}), PlantedObserver())
    result = judged_on("planted-secret", seen)
    assert (result.status.value, result.reason.code) == ("inconclusive", f"{missing}-missing")


def test_the_project_holds_no_key_and_the_made_up_ones_are_new() -> None:
    root = Path(sys.modules[garden.__name__].__file__ or "").parent
    assert not [f for f in root.glob("*.py") if SECRET_FORMS.search(f.read_text("utf-8"))]
    assert all(SECRET_FORMS.search(made_up(kind, secrets.choice)) for kind in KINDS)
    assert len({made_up(kind, secrets.choice) for kind in KINDS for _ in range(20)}) == 20 * len(
        KINDS
    )


def test_the_demos_release_stops_every_key() -> None:
    seen = looked(RELEASE, PlantedObserver())
    result = judged_on("planted-secret", seen)
    assert result.status.value == "pass", result.findings
    assert len(seen.require(Planted).drills[0].commands) == 2


def test_settings_that_name_the_deployment(tmp_path: Path) -> None:
    text = workflow({"scan": job(FULL, "gitleaks git ."), "go": job("./go", extra="needs: scan\n")})
    seen = looked(
        written(tmp_path, {CI: text}),
        PlantedObserver(),
        settings=Settings(deploy_jobs=("ci.yml:go",)),
    )
    assert len(seen.require(Planted).drills[0].commands) == 1
