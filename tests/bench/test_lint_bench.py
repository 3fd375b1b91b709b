"""The lint benchmark makes the same folders each time, and judges by the figures alone."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.lint.aims import judged  # noqa: E402
from bench.lint.figures import CPU, WALL, Linter, Machine, Report, Size, fitted, from_json, to_json  # noqa: E402  # noqa: E402
from bench.lint.folder import written  # noqa: E402
from bench.lint.linters import catalogue  # noqa: E402
from bench.lint.processes import ran  # noqa: E402
from bench.lint.rounds import measured  # noqa: E402
from bench.lint.table import text  # noqa: E402


def identity(document: dict[str, Any]) -> tuple[str, str, str]:
    metadata = document["metadata"]
    return document["kind"], metadata.get("namespace", ""), metadata["name"]


def test_a_folder_is_the_same_each_time_and_no_object_comes_twice(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, 200) for name in ("a", "b"))
    files = sorted(p.relative_to(first.path) for p in first.path.rglob("*.yaml"))
    assert len(files) == first.files
    names = []
    for file in files:
        content = (first.path / file).read_bytes()
        assert content == (second.path / file).read_bytes()
        names += [identity(d) for d in yaml.safe_load_all(content)]
    assert len(names) == len(set(names)) == first.objects == second.objects
    assert 150 < first.objects < 250
    kinds = {kind for kind, _, _ in names}
    assert {"Deployment", "Service", "HorizontalPodAutoscaler", "NetworkPolicy"} <= kinds


def test_the_smallest_folder_is_one_release(tmp_path: Path) -> None:
    assert written(tmp_path, 1).objects > 30


def test_golive_is_measured_and_says_what_it_looked_at(tmp_path: Path) -> None:
    entries = catalogue(tmp_path, tmp_path / "none", install=False, wanted=["golive", "checkov"])
    report = measured(entries, tmp_path, [1, 180], 1, lambda _: None)
    golive, checkov = report.linters
    assert golive.failures == []
    objects = [size.objects for size in report.sizes]
    assert [golive.looked_at[n] for n in objects] == objects
    # The fourth release has mistakes, the first one has none.
    assert golive.found[objects[0]] == 0 < golive.found[objects[1]]
    assert all((golive.median(n, WALL) or 0) > 0 for n in objects)
    assert "not in" in checkov.missing
    assert "objects in" in text(report)


def test_a_linter_that_looks_at_nothing_has_no_figures(tmp_path: Path) -> None:
    (entry,) = catalogue(tmp_path, tmp_path, install=False, wanted=["golive"])
    empty = tmp_path / "empty"
    empty.mkdir()
    command = entry.command
    assert command is not None
    blind = type(entry)(entry.linter, lambda _: command(empty), entry.counts, entry.codes)
    report = measured([blind], tmp_path, [1], 1, lambda _: None)
    assert report.linters[0].figures == {}
    assert len(report.linters[0].failures) == 1


def test_a_run_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        ran(["sleep", "60"], tmp_path / "o", {}, bound=0.0)


def report_of(golive: dict[int, float], checkov: dict[int, float]) -> Report:
    linters = []
    for key, times in (("golive", golive), ("checkov", checkov)):
        linter = Linter(key, key)
        for objects, seconds in times.items():
            linter.add(objects, {WALL: seconds, CPU: seconds})
        linters.append(linter)
    sizes = [Size(n, n, 1, 1) for n in golive]
    return Report(Machine("x", 2, "Linux", "3.11", 0.0), 1, sizes, linters)


def test_aims_are_judged_by_the_figures() -> None:
    linear = report_of({100: 1.0, 1000: 2.0, 2000: 3.1}, {100: 3.0, 2000: 31.0})
    aims = {aim.name.split(",")[0]: aim.met for aim in judged(linear)}
    assert aims["time of checkov"] == "met"
    assert aims["time of kube-linter"] == "not measured"
    assert aims["cost linear in objects (CPU)"] == "met"
    growing = report_of({100: 1.0, 1000: 2.0, 2000: 9.0}, {2000: 9.5})
    aims = {aim.name.split(",")[0]: aim.met for aim in judged(growing)}
    assert aims["time of checkov"] == "not met"
    assert aims["cost linear in objects (CPU)"] == "not met"


def test_a_line_through_two_sizes_tells_no_growth() -> None:
    line = fitted([(100, 1.0), (1100, 2.0)])
    assert line is not None
    assert (round(line.start, 6), round(line.each, 6), line.growth) == (0.9, 0.001, None)
    assert fitted([(100, 1.0)]) is None


def test_a_report_comes_back_from_json() -> None:
    report = report_of({100: 1.0, 1000: 2.0}, {100: 3.0})
    again = from_json(json.loads(json.dumps(to_json(report))))
    assert text(again) == text(report)
    with pytest.raises(ValueError, match="not a report"):
        from_json({"format": 0})


def test_the_command_prints_a_report(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "bench/lint/run.py", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    given = ("--sizes", "1", "--rounds", "1", "--only", "golive", "--as-is")
    done = run(*given, "-o", "json")
    assert done.returncode == 0, done.stderr
    kept = tmp_path / "report.json"
    kept.write_text(done.stdout, encoding="utf-8")
    again = run("--read", str(kept))
    assert re.search(r"golive lint +\S+ +\d", again.stdout), again.stdout
    assert run("--only", "nothing").returncode == 2
    assert run("--sizes", "0").returncode == 2
