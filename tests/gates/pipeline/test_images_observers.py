"""Reports that are found in files, and those that trivy makes here.

trivy cannot be had here: a double replays its JSON and its messages, after its documentation and
its issues (a first run without a database, an image that no engine has).
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive.api import Observation, Scope, Unavailable
from golive.config.model import Config, Service
from golive_gates.pipeline.images import reading
from golive_gates.pipeline.images.parts import ImageReports, TrivyRuns
from golive_gates.pipeline.observers import image_reports, trivy
from golive_gates.pipeline.observers.image_reports import ImageReportsObserver
from golive_gates.pipeline.observers.trivy import TrivyObserver
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.looking_on import Kept, double, judged_on, looked, written
from tests.gates.pipeline.scanned import DIGEST, NAME, manifest, said, vulnerability
from tests.gates.pipeline.scanned import trivy as report
from tests.gates.pipeline.snippets import CI, job, workflow
from tests.gates.saying import codes

RELEASE = {CI: workflow({"a": job("x")}), "k8s/shop.yaml": manifest(f"{NAME}:1.0@{DIGEST}")}
ASKED = Settings(scan_results=("reports/*.json",))
RUN = Settings(run_trivy=True)
NOW = datetime.now(UTC)


def fresh(*found: Any, **more: Any) -> str:
    return json.dumps(report(*found, **{"CreatedAt": said(NOW - timedelta(hours=1)), **more}))


def files_of(
    folder: Path, files: dict[str, str], settings: Settings = ASKED
) -> tuple[ImageReports, Observation]:
    seen = looked(
        written(folder, {**RELEASE, **files}),
        ImageReportsObserver(),
        TrivyObserver(),
        settings=settings,
    )
    return seen.require(ImageReports), seen


def test_the_files_that_the_setting_names(tmp_path: Path) -> None:
    part, seen = files_of(tmp_path, {"reports/a.json": fresh(), "other/b.json": "not asked for"})
    assert ([r.path for r in part.reports], part.unread) == (["reports/a.json"], ())
    assert judged_on("image-reports", seen, ASKED).status.value == "pass"
    assert judged_on("image-vulnerabilities", seen, ASKED).status.value == "pass"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty-file"), ("{", "not-json"), ("[]", "not-a-report"), ("\0" * 9, "not-json")],
)
def test_a_file_that_is_no_report(tmp_path: Path, text: str, code: str) -> None:
    part, seen = files_of(tmp_path, {"reports/a.json": text})
    assert [(u.path, u.code) for u in part.unread] == [("reports/a.json", code)]
    result = judged_on("image-reports", seen, ASKED)
    assert (result.status.value, codes(result)) == ("inconclusive", [code, "no-report"])


def test_no_file_and_no_setting(tmp_path: Path) -> None:
    part, seen = files_of(tmp_path, {})
    assert [u.code for u in part.unread] == ["no-match"]
    assert judged_on("image-reports", seen, ASKED).status.value == "inconclusive"
    bare = looked(tmp_path, ImageReportsObserver(), settings=Settings())
    gap = bare.find(ImageReports)
    assert isinstance(gap, Unavailable)
    assert (gap.kind, gap.reason.code) == ("absent", "no-scan-results")


def test_files_that_are_too_large_or_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_reports, "LARGEST", 50)
    monkeypatch.setattr(image_reports, "MOST_REPORTS", 1)
    part, _ = files_of(tmp_path, {"reports/a.json": fresh(), "reports/b.json": fresh()})
    assert [u.code for u in part.unread] == ["too-large", "too-many"]
    assert reading.LARGEST > 50


def test_something_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    os.mkfifo(tmp_path / "reports" / "a.json")
    part, _ = files_of(tmp_path, {})
    assert [u.code for u in part.unread] == ["unreadable"]


def test_the_evidence_lists_what_was_read(tmp_path: Path) -> None:
    kept = Kept()
    folder = written(tmp_path, {**RELEASE, "reports/a.json": fresh(vulnerability())})
    looked(folder, ImageReportsObserver(), settings=ASKED, kept=kept)
    listed = json.loads(kept.texts["image-reports.json"])
    assert list(listed["sha256"]) == ["reports/a.json"]
    assert listed["reports"][0]["digests"] == [DIGEST]


def ran(
    folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, files: dict[str, str] | None = None
) -> Observation:
    """What a trivy that does *script* leads to."""
    (folder / "bin").mkdir()
    program = double(folder / "bin", "trivy", script)
    monkeypatch.setattr(trivy, "found", lambda _: program)
    release = written(folder / "release", {**RELEASE, **(files or {})})
    return looked(release, ImageReportsObserver(), TrivyObserver(), settings=RUN)


def answering(folder: Path, text: str) -> str:
    """A script that prints *text* for an image, and keeps how it was called."""
    (folder / "answer.json").write_text(text, encoding="utf-8")
    return (
        f'echo "$@" >> {folder}/calls\n'
        f"cat .trivyignore >> {folder}/ignored 2>/dev/null\n"
        'if [ "$1" = --version ]; then echo "Version: 0.68.1"; exit 0; fi\n'
        f"cat {folder}/answer.json"
    )


def test_trivy_is_asked_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {".trivyignore": "# why\nCVE-1 exp:2026-01-01\n"}
    seen = ran(tmp_path, monkeypatch, answering(tmp_path, fresh(vulnerability())), files)
    part = seen.require(TrivyRuns)
    assert (part.version, len(part.reports), part.unread) == ("0.68.1", 1, ())
    _, call = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    for word in ("--offline-scan", "--skip-db-update", "--skip-java-db-update"):
        assert word in call.split()
    assert call.endswith(f"{NAME}@{DIGEST}")
    assert "--image-src docker,containerd,podman" in call
    assert "CVE-1" in (tmp_path / "ignored").read_text(encoding="utf-8")
    assert judged_on("image-reports", seen, RUN).status.value == "pass"
    assert judged_on("image-vulnerabilities", seen, RUN).status.value == "fail"


FIRST_RUN = "2026-01-01 FATAL DB error: --skip-db-update cannot be specified on the first run"
NOT_HERE = "2026-01-01 FATAL unable to find the specified image in [docker containerd podman]"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (f'echo "{FIRST_RUN}" >&2; exit 1', "no-database"),
        (f'echo "{NOT_HERE}" >&2; exit 1', "image-not-here"),
        ("echo boom >&2; exit 2", "failed"),
        ("exit 0", "empty-file"),
        ("echo '{'", "not-json"),
        ("echo '[]'", "not-a-report"),
        ("kill -9 $$", "failed"),
    ],
)
def test_a_trivy_that_comes_to_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    seen = ran(tmp_path, monkeypatch, script)
    assert [u.code for u in seen.require(TrivyRuns).unread] == [code]
    result = judged_on("image-reports", seen, RUN)
    assert (result.status.value, codes(result)) == ("inconclusive", [code, "no-report"])


def test_a_report_of_another_image_is_none_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = fresh(Metadata={"RepoDigests": [f"{NAME}@sha256:{'e' * 64}"]})
    seen = ran(tmp_path, monkeypatch, answering(tmp_path, other))
    assert judged_on("image-reports", seen, RUN).status.value == "fail"


def test_too_many_images_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trivy, "MOST_IMAGES", 0)
    seen = ran(tmp_path, monkeypatch, answering(tmp_path, fresh()))
    assert [u.code for u in seen.require(TrivyRuns).unread] == ["left-out"]


def test_it_runs_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trivy, "found", lambda _: None)
    for settings, code in ((Settings(), "trivy-not-chosen"), (RUN, "trivy-missing")):
        seen = looked(written(tmp_path, RELEASE), TrivyObserver(), settings=settings)
        gap = seen.find(TrivyRuns)
        assert isinstance(gap, Unavailable)
        assert gap.reason.code == code


def test_nothing_is_planned_to_be_sent() -> None:
    scope = Scope(Config("golive/v1", Service("t", "0")), Path())
    planned = [
        *ImageReportsObserver().plan(scope, ASKED),
        *TrivyObserver().plan(scope, RUN),
    ]
    assert [p.requests for p in planned] == [0, 0]
    assert TrivyObserver().plan(scope, Settings()) == ()
