"""The benchmark of workflows makes the same files each time, and counts what was looked at."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.lint.rounds import measured  # noqa: E402
from bench.pipeline.checkers import catalogue  # noqa: E402
from bench.pipeline.folder import WORKFLOWS, written  # noqa: E402
from bench.pipeline.run import text  # noqa: E402


def test_files_are_the_same_each_time_and_call_each_other(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, 20) for name in ("a", "b"))
    files = sorted((first.path / WORKFLOWS).iterdir())
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert texts == [(second.path / WORKFLOWS / f.name).read_text("utf-8") for f in files]
    assert len(files) == first.files == first.objects == 20
    called = {line.split()[1] for text in texts for line in text.splitlines() if "uses: ./" in line}
    assert called
    assert all((first.path / path).is_file() for path in called)
    assert any("needs: [ci]\n" in text for text in texts)


def test_each_checker_looks_at_every_workflow(tmp_path: Path) -> None:
    entries = catalogue(["golive", "golive-own", "zizmor"], tmp_path)
    report = measured(entries, tmp_path, [4], 1, lambda _: None, written)
    for checker in report.linters:
        assert (checker.missing, checker.failures) == ("", [])
        assert checker.looked_at == {4: 4}
        assert checker.found[4] > 0
    assert "4 workflows in 4 files" in text(report)


def test_the_whole_gate_is_measured(tmp_path: Path) -> None:
    (entry,) = catalogue(["golive-gate"], tmp_path)
    report = measured([entry], tmp_path, [1], 1, lambda _: None, written)
    assert (entry.linter.missing, entry.linter.failures) == ("", [])
    assert report.linters[0].looked_at == {4: 4}


def test_the_command_prints_a_report(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "bench/pipeline/run.py", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = run("--sizes", "1", "--rounds", "1", "--only", "zizmor", "-o", "json")
    assert done.returncode == 0, done.stderr
    kept = tmp_path / "report.json"
    kept.write_text(done.stdout, encoding="utf-8")
    assert json.loads(done.stdout)["aims"] == []
    assert "zizmor" in run("--read", str(kept)).stdout
    assert run("--only", "nothing").returncode == 2
    assert run("--sizes", "0").returncode == 2


def test_what_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such checker"):
        catalogue(["nothing"], tmp_path)
