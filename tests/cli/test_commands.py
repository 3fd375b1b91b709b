"""Commands that need no target: what they print, where, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from golive.cli.list import list_gates
from golive.cli.options import Lang
from golive.discovery import discover_gates
from golive.vocabulary import STANDARD_GATES

Golive = Callable[..., subprocess.CompletedProcess[str]]


def test_version_and_help_go_to_stdout(golive: Golive) -> None:
    version = golive("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("golive ")
    usage = golive("--help")
    assert usage.returncode == 0
    for command in ("check", "lint", "plan", "demo", "list", "explain", "report", "schema"):
        assert command in usage.stdout


def test_completion_for_a_shell_can_be_printed(golive: Golive) -> None:
    done = golive("--show-completion", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert "Traceback" not in done.stderr


def test_check_without_a_configuration_says_what_to_do_next(golive: Golive) -> None:
    done = golive("check")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "golive.yaml" in done.stderr
    assert "golive demo" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "plan"])
def test_every_error_of_a_configuration_comes_at_once_with_its_place(
    golive: Golive, tmp_path: Path, command: str
) -> None:
    (tmp_path / "golive.yaml").write_text(
        "apiVersion: golive/v1\n"
        "service: {name: x, version: v1}\n"
        "targett: {}\n"
        "slos:\n"
        "  - id: readiness\n"
        "    objective: 99%\n",
        encoding="utf-8",
    )
    done = golive(command)
    assert done.returncode == 2
    assert "golive.yaml:3:1" in done.stderr
    assert "target" in done.stderr
    assert "golive.yaml:6:" in done.stderr


def test_an_unknown_gate_is_a_usage_error_with_a_suggestion(golive: Golive, tmp_path: Path) -> None:
    (tmp_path / "golive.yaml").write_text(MINIMAL.format(port=9), encoding="utf-8")
    done = golive("check", "--gate", "sloo")
    assert done.returncode == 2
    assert "did you mean slo?" in done.stderr


def test_a_gate_option_that_names_no_gate_is_a_usage_error(golive: Golive) -> None:
    for value in ("", ","):
        done = golive("check", "--gate", value)
        assert done.returncode == 2
        assert "names no gate" in done.stderr


def test_a_reader_that_went_away_changes_no_exit_code(tmp_path: Path) -> None:
    command = f"{sys.executable} -m golive.cli schema run | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_a_full_disk_on_stdout_is_told_and_is_no_internal_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "golive.cli", "schema", "run"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "stdout" in done.stderr


def test_an_unknown_format_and_two_outputs_for_stdout_are_usage_errors(golive: Golive) -> None:
    done = golive("check", "-o", "markdwon")
    assert done.returncode == 2
    assert "did you mean markdown?" in done.stderr
    done = golive("check", "-o", "json", "-o", "markdown")
    assert done.returncode == 2
    assert "stdout" in done.stderr


def test_list_names_every_gate_and_check(golive: Golive) -> None:
    done = golive("list", "--lang", "en")
    assert done.returncode == 0
    assert "slo.sse-first-event" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines() if line[0] != " "] == [
        *STANDARD_GATES
    ]
    assert "not installed" not in done.stdout


def test_list_names_what_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = discover_gates()
    fewer = {k: v for k, v in found.loaded.items() if k != "recovery"}
    monkeypatch.setattr("golive.discovery.discover_gates", lambda: replace(found, loaded=fewer))
    assert list_gates(Lang.EN) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "not installed" in line]
    assert [line.split()[0] for line in said] == ["recovery"]


def test_explain_tells_what_a_check_proves_in_both_languages(golive: Golive) -> None:
    korean = golive("explain", "slo.readiness")
    english = golive("explain", "slo.readiness", "--lang", "en")
    assert korean.returncode == english.returncode == 0
    assert "실측" in korean.stdout
    assert "measured" in english.stdout
    wrong = golive("explain", "slo.readyness")
    assert wrong.returncode == 2
    assert "slo.readiness" in wrong.stderr


@pytest.mark.parametrize("name", ["config", "run", "lint"])
def test_schemas_are_valid_json_schemas(golive: Golive, name: str) -> None:
    done = golive("schema", name)
    assert done.returncode == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"[]", b"{}", b'{"schema_version": "9.0"}', b"\xff\xfe", b"[" * 100_000],
)
def test_report_refuses_what_is_no_run_record(
    golive: Golive, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(content)
    done = golive("report", str(path))
    assert done.returncode == 2
    assert "record.json" in done.stderr
    assert "Traceback" not in done.stderr


MINIMAL = """\
apiVersion: golive/v1
service: {{name: stranger, version: v1}}
target:
  services:
    - {{name: api, url: "http://127.0.0.1:{port}"}}
"""
