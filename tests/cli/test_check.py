"""``golive check`` against targets that are not what they should be."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from golive.cli.main import run
from golive.discovery import discover_gates

Golive = Callable[..., subprocess.CompletedProcess[str]]

CONFIG = """\
apiVersion: golive/v1
service: {{name: stranger, version: v1}}
target:
  services:
    - {{name: api, url: "http://127.0.0.1:{port}"}}
slos:
  - {{id: readiness, sli: ready probes answered, objective: ">= 99%", window: 30d}}
  - {{id: error-rate, sli: failed requests, objective: "< 1%", window: 30d}}
  - {{id: availability, sli: served requests, objective: "> 99.9%", window: 30d}}
  - id: sse-first-event
    sli: time to first content
    objective: ">= 95%"
    threshold: 2s
    window: 30d
{more}
"""


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_config(folder: Path, more: str = "") -> None:
    text = CONFIG.format(port=closed_port(), more=more)
    (folder / "golive.yaml").write_text(text, encoding="utf-8")


def record_in(folder: Path) -> dict[str, object]:
    path = next((folder / "golive-reports").glob("slo_validation_results_*.json"))
    data: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return data


def test_no_reachable_target_is_inconclusive_and_says_what_to_do(
    golive: Golive, tmp_path: Path
) -> None:
    write_config(tmp_path)
    done = golive("check", "--lang", "en")
    assert done.returncode == 3, done.stderr
    assert "INCONCLUSIVE" in done.stdout
    assert "cannot be reached" in done.stdout
    assert "Traceback" not in done.stderr
    record = record_in(tmp_path)
    assert record["decision"] == "INCONCLUSIVE"
    gates = record["gates"]
    assert isinstance(gates, list)
    passed = [c["id"] for g in gates for c in g["checks"] if c["status"] == "pass"]
    assert passed == ["slo.defined"]  # read from the file, not measured


def test_a_configuration_without_slos_is_refused_and_not_satisfied(
    golive: Golive, tmp_path: Path
) -> None:
    text = CONFIG.format(port=closed_port(), more="").partition("slos:")[0]
    (tmp_path / "golive.yaml").write_text(text, encoding="utf-8")
    done = golive("check", "--lang", "en")
    assert done.returncode == 1
    assert "slo.defined" in done.stdout


def test_json_on_stdout_is_nothing_but_the_record(golive: Golive, tmp_path: Path) -> None:
    write_config(tmp_path)
    done = golive("check", "-o", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["schema_version"] == "1.0"
    assert json.loads(done.stdout) == record_in(tmp_path)


def test_a_required_gate_that_is_not_installed_is_never_an_absence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, "profile: {gates: [slo, recovery]}")
    found = discover_gates()
    fewer = {k: v for k, v in found.loaded.items() if k != "recovery"}
    monkeypatch.setattr("golive.cli.session.discover_gates", lambda: replace(found, loaded=fewer))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["golive", "check", "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 3
    gates = record_in(tmp_path)["gates"]
    assert isinstance(gates, list)
    recovery = next(g for g in gates if g["id"] == "recovery")
    assert (recovery["status"], recovery["execution"]) == ("not-run", "missing")
    assert "recovery" in capsys.readouterr().out


def test_a_profile_without_gates_approves_nothing(golive: Golive, tmp_path: Path) -> None:
    write_config(tmp_path, "profile: {gates: []}")
    done = golive("check", "--lang", "en")
    assert done.returncode in (2, 3)
    assert "GO" not in done.stdout.replace("NO_GO", "").split()


def test_a_missing_secret_names_the_reference_and_sends_nothing(
    golive: Golive, tmp_path: Path
) -> None:
    write_config(
        tmp_path, 'prometheus:\n  url: "http://127.0.0.1:9"\n  auth: {token: "env:NO_SUCH_TOKEN"}'
    )
    done = golive("check")
    assert done.returncode == 2
    assert "NO_SUCH_TOKEN" in done.stderr


def test_an_output_folder_that_cannot_be_written_is_a_usage_error(
    golive: Golive, tmp_path: Path
) -> None:
    write_config(tmp_path)
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = golive("check", "--out-dir", "taken")
    assert done.returncode == 2
    assert "taken" in done.stderr


def test_the_flag_wins_over_the_environment_over_the_file(golive: Golive, tmp_path: Path) -> None:
    write_config(tmp_path)
    done = golive("check", "-o", "json", GOLIVE_SET__service__version="v2")
    assert json.loads(done.stdout)["config"]["service"]["version"] == "v2"
    done = golive(
        "check", "-o", "json", "--set", "service.version=v3", GOLIVE_SET__service__version="v2"
    )
    assert json.loads(done.stdout)["config"]["service"]["version"] == "v3"


def test_timeout_and_cap_have_to_make_sense(golive: Golive, tmp_path: Path) -> None:
    write_config(tmp_path)
    assert golive("check", "--timeout", "soon").returncode == 2
    assert golive("check", "--timeout", "10").returncode == 2
    assert golive("check", "--max-requests", "0").returncode == 2
