"""`golive lint` as a user starts it: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golive.cli.main import run
from golive.discovery import LINT_GATE_GROUP, discover_gates
from tests.cli.lint_files import BAD, CHECKS, GOOD, NGINX, Golive, deployment


def test_a_finding_is_told_with_its_place_and_exits_1(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    done = golive("lint", "k8s", "--check", CHECKS, "--lang", "en")
    assert done.returncode == 1
    assert done.stdout.startswith(
        "k8s/api.yaml:13: fail manifests.image-tags Deployment/prod/api [api]: "
    )
    assert BAD in done.stdout
    assert "❌ Failed. Failing findings: 1; failing checks: 1 of 2" in done.stdout
    assert done.stderr == ""


def test_files_without_a_finding_exit_0(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path, GOOD)
    done = golive("lint", "k8s", "--check", CHECKS, "--lang", "en")
    assert done.returncode == 0
    assert "✅ Passed. Checks that passed: 2 of 2" in done.stdout


def test_korean_is_the_default(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    done = golive("lint", "k8s", "--check", CHECKS)
    assert done.returncode == 1
    assert "실패: 점검 2개 중 1개에서 발견 1건" in done.stdout


def test_all_checks_run_without_a_choice(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    done = golive("lint", "k8s", "-o", "json")
    assert done.returncode == 1
    record = json.loads(done.stdout)
    gates = {c["gate"] for c in record["checks"]}
    assert gates == set(discover_gates(LINT_GATE_GROUP).loaded)
    assert len(record["checks"]) > 2
    assert record["selected"] is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "The paths hold no file of a kind that golive lint knows"),
        ({"notes.md": "# nothing\n", "x.bin": "\x00\x01"}, "hold no file of a kind"),
        ({"values.yaml": "image: x\n"}, "None of the 1 files is of a kind that golive lint knows"),
        (
            {"list.yaml": "apiVersion: v1\nkind: List\nitems: []\n"},
            "hold nothing that the selected checks are about",
        ),
    ],
    ids=["empty", "other", "unknown", "no subject"],
)
def test_nothing_to_check_exits_3_and_says_so(
    golive: Golive, tmp_path: Path, files: dict[str, str], said: str
) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = golive("lint", "release", "--lang", "en")
    assert done.returncode == 3, done.stdout
    assert "⚪ Nothing to check" in done.stdout
    assert said in done.stdout


def test_a_check_without_a_subject_is_nothing_to_check(golive: Golive, tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text(NGINX, encoding="utf-8")
    done = golive("lint", "nginx.conf", "--check", "manifests.image-tags", "--lang", "en")
    assert done.returncode == 3, done.stdout
    assert "Nothing to check" in done.stdout


def test_what_cannot_be_read_never_passes(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path, GOOD)
    (tmp_path / "k8s" / "bad.yaml").write_text("apiVersion: v1\nkind: Service\nkind: Pod\n")
    parsed = golive("lint", "k8s", "--check", "manifests.parse", "--lang", "en")
    assert parsed.returncode == 1
    assert "k8s/bad.yaml:3: fail manifests.parse" in parsed.stdout
    other = golive("lint", "k8s", "--check", "manifests.image-tags", "--lang", "en")
    assert other.returncode == 3
    assert "⚪ Inconclusive, not passed" in other.stdout
    assert "k8s/bad.yaml:3: not-yaml" in other.stdout
    assert "(blocked by manifests.parse:" in other.stdout


def test_a_failure_beats_what_is_undecided(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    (tmp_path / "k8s" / "bad.yaml").write_text("a: b: c\n")
    assert golive("lint", "k8s", "--check", "manifests.image-tags").returncode == 1


def test_excluded_paths_are_not_read(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path, GOOD)
    deployment(tmp_path, BAD, "k8s/old/api.yaml")
    assert golive("lint", "k8s", "--check", CHECKS).returncode == 1
    assert golive("lint", "k8s", "--check", CHECKS, "--exclude", "old/").returncode == 0
    done = golive("lint", "k8s", "--check", CHECKS, "--exclude", "**/api.yaml", "--lang", "en")
    assert done.returncode == 3
    assert "Nothing to check" in done.stdout


def test_findings_below_the_severity_are_counted_and_do_not_fail(
    golive: Golive, tmp_path: Path
) -> None:
    """The image comes from nowhere, and the threshold is above its check's severity."""
    deployment(tmp_path)
    record = json.loads(golive("lint", "k8s", "-o", "json").stdout)
    lesser = {f["check"] for f in record["findings"] if f["severity"] != "high"}
    assert lesser, "some check of lower severity finds something in the bare deployment"
    wanted = f"manifests.parse,{min(lesser)}"
    low = golive("lint", "k8s", "--check", wanted, "--strict", "--lang", "en")
    assert low.returncode == 1
    high = golive(
        "lint", "k8s", "--check", wanted, "--strict", "--severity", "high", "--lang", "en"
    )
    assert high.returncode == 0, high.stdout
    assert "Below the severity asked for (high)" in high.stdout
    assert min(lesser) not in high.stdout


def test_a_setting_changes_what_is_judged(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path, GOOD)
    done = golive("lint", "k8s", "--check", CHECKS, "--kubernetes", "1.33,1.35", "-o", "json")
    assert done.returncode == 0
    gates = {g["id"]: g["settings"] for g in json.loads(done.stdout)["gates"]}
    assert gates["manifests"]["kubernetes"] == ["1.33", "1.35"]
    done = golive(
        *("lint", "k8s", "--check", CHECKS, "-o", "json"),
        *("--stream-path", "/api/v1/generate", "--stream-path", "/events"),
        *("--set", "gates.streaming.longest_stream=2m"),
        GOLIVE_SET__gates__streaming__interval="5s",
        GOLIVE_SET__prometheus__timeout="1s",
    )
    assert done.returncode == 0, done.stderr
    streaming = {g["id"]: g["settings"] for g in json.loads(done.stdout)["gates"]}["streaming"]
    assert streaming["stream_paths"] == ["/api/v1/generate", "/events"]
    assert (streaming["longest_stream"], streaming["interval"]) == (120.0, 5.0)


def test_one_gate_can_be_chosen(golive: Golive, tmp_path: Path) -> None:
    deployment(tmp_path)
    record = json.loads(golive("lint", "k8s", "--gate", "streaming", "-o", "json").stdout)
    assert [g["id"] for g in record["gates"]] == ["streaming"]
    assert {c["gate"] for c in record["checks"]} == {"streaming"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "nowhere: no such file or folder"),
        (("k8s", "-o", "sarf"), "did you mean sarif?"),
        (("k8s", "-o", "json", "-o", "sarif"), "two outputs for stdout"),
        (("k8s", "-o", "json="), "the path is empty"),
        (("k8s", "-o", "json=k8s/api.yaml/x.json"), "cannot write"),
        (("k8s", "--gate", "slo"), "gate 'slo' has no file-based check"),
        (("k8s", "--gate", "manifest"), "did you mean manifests?"),
        (("k8s", "--gate", ","), "names no gate"),
        (("k8s", "--check", ","), "names no check"),
        (("k8s", "--check", "image-tags"), "did you mean manifests.image-tags?"),
        (("k8s", "--check", "manifests.image-tag"), "did you mean manifests.image-tags?"),
        (("k8s", "--severity", "hi"), "--severity"),
        (("k8s", "--jobs", "0"), "--jobs"),
        (("k8s", "--kubernetes", "latest"), "'latest' is no version such as 1.34"),
        (("k8s", "--kubernetes", ","), "kubernetes"),
        (("k8s", "--set", "gates.manifest.kubernetes=1"), "there is no gate 'manifest'"),
        (("k8s", "--set", "gates.manifests.kubernets=[a]"), "there is no key 'kubernets'"),
        (("k8s", "--set", "gates.streaming.interval=fast"), "gates.streaming.interval"),
        (("k8s", "--set", "service.name=x"), "only keys below gates."),
        (("k8s", "--set", "nonsense"), "expected KEY=VALUE"),
        (("k8s", "--lang", "fr"), "--lang"),
        ((), "PATH"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_usage_exits_2_before_anything_is_judged(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    deployment(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["golive", "lint", *arguments])
    with pytest.raises(SystemExit) as ended:
        run()
    shown = capsys.readouterr()
    assert ended.value.code == 2
    assert said in shown.err
    assert shown.out == ""
    assert "Traceback" not in shown.err


def test_help_names_the_exit_codes(golive: Golive) -> None:
    done = golive("lint", "--help")
    assert done.returncode == 0
    for word in ("--severity", "--exclude", "--kubernetes", "--stream-path", "Exit codes"):
        assert word in done.stdout
