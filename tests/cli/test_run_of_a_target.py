"""Whole runs against a stand-in: interrupts, secrets, strictness."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.stand_in import echo_target

TOKEN = "canary/+token=&-1f9a7c52e8"

SPEED = "gates.slo.readiness_rate=200"

CONFIG = """\
apiVersion: golive/v1
service: {{name: stand-in, version: v1}}
profile: {{gates: [slo]}}
target:
  services:
    - {{name: api, url: "http://127.0.0.1:{port}", openapi: /openapi.json}}
  auth: {{token: "env:CANARY"}}
  project_api:
    service: api
    path: /projects
    item_path: /projects/{{id}}
    body: {{projectId: "p-{{unique}}"}}
  generate_api:
    service: api
    path: /generate
    body: {{description: x, password: planted-canary-1234}}
slos:
  - {{id: readiness, sli: ready probes answered, objective: ">= 99%", window: 30d}}
  - {{id: error-rate, sli: failed requests, objective: "< 1%", window: 30d}}
  - {{id: availability, sli: served requests, objective: "> 99.9%", window: 30d}}
  - id: sse-first-event
    sli: time to first content
    objective: ">= 95%"
    threshold: 2s
    window: 30d
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with echo_target() as port:
        (tmp_path / "golive.yaml").write_text(CONFIG.format(port=port), encoding="utf-8")
        yield tmp_path


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "golive.cli", "check", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "CANARY": TOKEN, "GOLIVE_DEBUG": "1"},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_still_writes_what_was_seen(folder: Path, number: signal.Signals) -> None:
    process = start(folder, "--lang", "en")
    assert process.stderr is not None
    for line in process.stderr:
        if "eadiness" in line:
            break
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    record = json.loads(
        next((folder / "golive-reports").glob("slo_validation_results_*.json")).read_text()
    )
    assert record["interrupted"] is True
    assert record["decision"] in ("NO_GO", "INCONCLUSIVE")
    readiness = next(c for g in record["gates"] for c in g["checks"] if c["id"] == "slo.readiness")
    assert readiness["status"] == "error"
    assert "interrupted" in stdout


def test_a_secret_that_the_target_throws_back_is_found_nowhere(folder: Path) -> None:
    process = start(folder, "--set", SPEED)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 1, stderr
    forms = [TOKEN, quote(TOKEN, safe=""), json.dumps(TOKEN)[1:-1]]
    forms += [base64.b64encode(text.encode()).decode() for text in (TOKEN, f"user:{TOKEN}")]
    written = {
        str(p.relative_to(folder)): p.read_bytes()
        for p in (folder / "golive-reports").rglob("*")
        if p.is_file()
    }
    assert len(written) > 3
    written |= {"stdout": stdout.encode(), "stderr": stderr.encode()}
    for name, content in written.items():
        for form in forms:
            assert form.encode() not in content, name
        assert b"planted-canary-1234" not in content, name


def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**os.environ, "CANARY": "geheim-§-1f9a7c52e8"},
    )
    assert done.returncode == 2
    assert "env:CANARY" in done.stderr
    assert "1f9a7c52e8" not in done.stdout + done.stderr


def test_an_interrupted_run_is_resumed_once_and_says_so(folder: Path) -> None:
    process = start(folder, "--lang", "en")
    assert process.stderr is not None
    for line in process.stderr:
        if "eadiness" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    reports = folder / "golive-reports"
    journal = next(reports.glob("journal_*.jsonl"))

    def resume(path: Path) -> subprocess.Popen[str]:
        name = str(path.relative_to(folder))
        return start(folder, "--lang", "en", "--set", SPEED, "--resume", name)

    # Another configuration is another run.
    other = resume(journal)
    assert "another configuration" in other.communicate(timeout=60)[1]
    assert other.returncode == 2

    done = start(folder, "--lang", "en", "--resume", str(journal.relative_to(folder)))
    stdout, stderr = done.communicate(timeout=120)
    assert done.returncode == 1, stderr
    assert "an earlier run that was resumed" in stdout
    record = max(reports.glob("slo_validation_results_*.json"), key=lambda p: p.stat().st_mtime)
    assert "slo.Definitions" in json.loads(record.read_text(encoding="utf-8"))["resumed"]

    finished = max(reports.glob("journal_*.jsonl"), key=lambda p: p.stat().st_mtime)
    again = start(folder, "--resume", str(finished.relative_to(folder)))
    assert "was finished" in again.communicate(timeout=60)[1]
    assert again.returncode == 2

    next((reports).glob("evidence_*/slo/slos.json")).unlink()
    gone = start(folder, "--resume", str(journal.relative_to(folder)))
    assert "gone or was changed" in gone.communicate(timeout=60)[1]
    assert gone.returncode == 2
