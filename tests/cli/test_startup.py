"""What is imported before golive has anything to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "kubernetes",
    "prometheus_api_client",
    "jsonschema",
    "httpx",
    "httpx_sse",
    "yaml",
    "golive_gates",
    "golive_reports",
    "golive_demo",
}

PROGRAM = """\
import atexit, json, sys
atexit.register(lambda: sys.stderr.write(json.dumps(sorted(sys.modules)) + "\\n"))
sys.argv = ["golive", *sys.argv[1:]]
from golive.cli.main import run
run()
"""


def modules_after(*arguments: str, code: int | None = 0) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert code is None or done.returncode == code, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("check", "--help"),
        ("report", "--help"),
        ("demo", "--help"),
        ("load", "--help"),
        ("lint", "--help"),
        ("probe", "sse", "--help"),
    ],
    ids=" ".join,
)
def test_help_and_version_need_no_heavy_module(arguments: tuple[str, ...]) -> None:
    modules = modules_after(*arguments)
    assert {"typer", "golive.cli.main"} <= modules, "the instrument saw nothing"
    assert not HEAVY & modules


def test_version_needs_neither_rich_nor_the_core() -> None:
    modules = modules_after("--version")
    assert not modules & {"golive.runner", "golive.record", "golive.config.model", "golive.stats"}


def test_lint_loads_no_client_and_no_half_of_a_gate_that_needs_one(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    modules = modules_after("lint", str(tmp_path), "-o", "json", code=None)
    assert {"golive_gates.manifests.files", "golive_gates.streaming.files"} <= modules
    clients = {"kubernetes", "prometheus_api_client", "httpx", "httpx_sse", "rich.console"}
    assert not modules & {*clients, "golive.probe.http", "golive_gates.slo", "golive_gates.load"}


def test_the_instrument_notices_a_heavy_module() -> None:
    assert "golive_gates" in modules_after("list", code=None)
