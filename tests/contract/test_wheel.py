"""What `pip install .` gives a user: the built wheel, its contents and the program in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(ROOT)],
        check=True,
        timeout=120,
    )
    return next(out.glob("golive-*.whl"))


def test_it_puts_only_names_of_golive_into_site_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {
        "golive",
        "golive_gates",
        "golive_reports",
        "golive_demo",
    }


@pytest.mark.parametrize(
    "name",
    [
        "golive/messages.ko.toml",
        "golive/messages.en.toml",
        "golive/schemas/run_v1.schema.json",
        "golive/schemas/lint_v1.schema.json",
        "golive_reports/messages/lint.ko.toml",
        "golive_gates/slo/messages.ko.toml",
        "golive_reports/messages.ko.toml",
        "golive_demo/golive.yaml.in",
        "golive_demo/release/prometheus/rules.yml",
        "golive_demo/release/.github/workflows/security-scan.yml",
    ],
)
def test_it_carries_the_files_that_are_not_python(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert name in archive.namelist()


def test_the_program_in_it_runs_and_finds_its_gates(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "list", "--lang", "en"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "slo.readiness" in done.stdout
