"""The benchmark of rules makes the same files each time, and judges by the figures alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.alerts.checkers import catalogue  # noqa: E402
from bench.alerts.folder import rules_in, written  # noqa: E402
from bench.alerts.table import aim, text  # noqa: E402
from bench.lint.figures import CPU, WALL, Linter, Machine, Report, Size  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402

PINT = """\
#!/bin/sh
[ "$1" = version ] && { echo 0.76.0; exit; }
echo '[{"path": "a.yaml", "problem": "x"}, {"path": "a.yaml", "problem": "y"}]'
"""


def test_files_are_the_same_each_time_and_differ_from_each_other(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, 100) for name in ("a", "b"))
    texts = [file.read_text(encoding="utf-8") for file in sorted(first.path.iterdir())]
    assert texts == [f.read_text(encoding="utf-8") for f in sorted(second.path.iterdir())]
    assert len(set(texts)) == first.files
    assert sum(map(rules_in, texts)) == first.objects == second.objects
    assert 80 < first.objects < 120


def test_golive_and_promtool_look_at_every_rule(tmp_path: Path) -> None:
    entries = catalogue(["golive", "promtool"])
    report = measured(entries, tmp_path, [1, 60], 1, lambda _: None, written)
    golive, promtool = report.linters
    assert (golive.failures, promtool.failures) == ([], [])
    for size in report.sizes:
        assert golive.looked_at[size.objects] == size.objects
        assert promtool.looked_at[size.objects] == size.objects
        # Promtool takes what never fires.
        assert golive.found[size.objects] > 3
        assert promtool.found[size.objects] == 0
    assert "rules in" in text(report)


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (pint,) = catalogue(["pint"])
    assert pint.linter.missing == "not on PATH"
    with pytest.raises(ValueError, match="no such checker"):
        catalogue(["nothing"])


def test_pint_is_measured_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pint"
    program.write_text(PINT, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    entries = catalogue(["pint"])
    report = measured(entries, tmp_path, [1], 1, lambda _: None, written)
    (pint,) = report.linters
    assert (pint.version, pint.failures) == ("0.76.0", [])
    assert (list(pint.looked_at.values()), list(pint.found.values())) == ([1], [2])


def report_of(seconds: float, rules: int) -> Report:
    golive = Linter("golive", "golive")
    golive.add(rules, {WALL: seconds, CPU: seconds})
    machine = Machine("x", 2, "Linux", "3.11", 0.0)
    return Report(machine, 1, [Size(rules, rules, 1, 1)], [golive])


def test_the_aim_is_judged_by_the_figures() -> None:
    assert aim(report_of(0.7, 990)) == (0.7, "met")
    assert aim(report_of(1.7, 990)) == (1.7, "not met")
    assert aim(report_of(0.7, 5_000)) == (None, "not measured")


def test_the_command_prints_a_report(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "bench/alerts/run.py", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = run("--sizes", "1", "--rounds", "1", "--only", "golive", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["aims"] == [{"seconds": None, "met": "not measured"}]
    kept = tmp_path / "report.json"
    kept.write_text(done.stdout, encoding="utf-8")
    assert "golive lint" in run("--read", str(kept)).stdout
    assert run("--only", "nothing").returncode == 2
    assert run("--sizes", "0").returncode == 2
