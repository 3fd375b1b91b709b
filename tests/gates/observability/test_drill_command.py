"""``golive alerts drill`` against Debian's Alertmanager, interrupts included."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
import typer

from golive.errors import UsageError
from golive_gates.observability.commands.drill import drill
from golive_gates.observability.commands.drill_order import Options, prepare
from tests.gates.observability import programs
from tests.gates.observability.live_run import RULES

PROGRAM = """
import signal, sys
from golive_gates.observability.commands.drill import drill
# A job in the background starts with SIGINT ignored, and hands that on to what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.default_int_handler)
drill(sys.argv[1], webhook="127.0.0.1:0", within="60s")
"""


@pytest.fixture
def hook() -> str:
    return f"127.0.0.1:{programs.free_port()}"


@pytest.fixture
def manager(tmp_path: Path, hook: str) -> Iterator[str]:
    receivers = {"page": f"http://{hook}/", "nobody": ""}
    route = {
        "receiver": "page",
        "routes": [{"receiver": "nobody", "matchers": ['severity="info"']}],
    }
    with programs.alertmanager(tmp_path, receivers, route) as url:
        yield url


def test_a_drill_that_arrives(manager: str, hook: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert drill(manager, webhook=hook, resolved_within="20s") == 0
    out, err = capsys.readouterr()
    assert "receivers  page" in out
    assert "pass: GoliveDrill arrived through receiver page" in out
    assert "ended      yes" in out
    assert "waiting for it at the webhook" in err
    assert programs.got(f"{manager}/api/v2/alerts") == []


def test_a_drill_that_does_not_arrive(
    manager: str, hook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from golive.cli.probe_options import Shape

    labels = ["severity=info", "alertname=Quiet"]
    assert drill(manager, webhook=hook, label=labels, within="1s", output=Shape.JSON) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["code"]) == ("fail", "drill-elsewhere")
    assert told["drill"]["receivers"] == ["nobody"]
    assert told["drill"]["labels"]["alertname"] == "Quiet"


def test_what_cannot_be_decided(manager: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert drill(manager) == 3
    assert "no webhook was configured" in capsys.readouterr().out
    assert drill("http://127.0.0.1:1", webhook="127.0.0.1:0") == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_alert(manager: str, number: signal.Signals) -> None:
    """Nothing arrives at this webhook, so the drill waits until it is interrupted."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, manager], stderr=subprocess.PIPE, text=True
    ) as process:

        def posted() -> bool:
            assert process.poll() is None
            return bool(programs.got(f"{manager}/api/v2/alerts"))

        programs.until(posted, "the alert was posted")
        process.send_signal(number)
        _, said = process.communicate(timeout=programs.PATIENCE)
    assert "ended the alert" in said
    assert "KeyboardInterrupt" in said
    assert programs.got(f"{manager}/api/v2/alerts") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(), "no Alertmanager is named"),
        (Options(url="ftp://x"), "'ftp' is not supported"),
        (Options(url="http://me:canary@127.0.0.1:1"), "must not hold credentials"),
        (Options(url="http://127.0.0.1:1/#/alerts"), "fragment"),
        (Options(url="http://127.0.0.1:1", webhook="0.0.0.0:1"), "--webhook 0.0.0.0:1"),
        (Options(url="http://127.0.0.1:1", labels=("severity",)), "is no label"),
        (Options(url="http://127.0.0.1:1", labels=("=x",)), "is no label"),
        (Options(url="http://127.0.0.1:1", within="soon"), "--within soon"),
        (Options(url="http://127.0.0.1:1", within="0s"), "--within 0s"),
        (Options(url="http://127.0.0.1:1", token="env:NOT_THERE"), "NOT_THERE"),
        (Options(url="http://192.0.2.1:9093"), "Nobody has authorised `alerts` work"),
    ],
)
def test_usage(options: Options, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        prepare(options)
    assert caught.value.hint
    assert "canary" not in f"{caught.value}{caught.value.hint}"


def test_a_token_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AM_TOKEN", "made-up-token")
    prepared = prepare(Options(url="http://127.0.0.1:1", token="env:AM_TOKEN"))
    assert prepared.headers == {"Authorization": "Bearer made-up-token"}
    assert prepared.redact("made-up-token") == "***"


def configured(folder: Path, allows: str) -> Path:
    file = folder / "golive.yaml"
    file.write_text(
        dedent(f"""
        apiVersion: golive/v1
        service: {{name: demo, version: "1"}}
        files: {{rules: ["{RULES}"]}}
        authorisations:
          - {{hosts: [192.0.2.1], allows: [{allows}], by: Kim, until: 2999-01-01}}
        """),
        encoding="utf-8",
    )
    return file


def test_the_configuration_gives_leave_and_labels(tmp_path: Path) -> None:
    options = Options(url="http://192.0.2.1:9093", config=configured(tmp_path, "alerts"))
    prepared = prepare(options)
    assert (prepared.grant.by, prepared.grant.loopback) == ("Kim", False)
    assert prepared.order.labels["severity"] == "critical"
    assert prepared.order.labels["alertname"] == "AvailabilityBudgetBurnFast"
    with pytest.raises(UsageError, match="Nobody has authorised"):
        prepare(replace(options, authorised_by="Lee"))
    with pytest.raises(UsageError, match="Nobody has authorised"):
        prepare(replace(options, config=configured(tmp_path, "load, fault")))


def test_it_is_a_command_of_typer() -> None:
    app = typer.Typer()
    app.command()(drill)
    found = typer.main.get_command(app)
    assert {o for p in found.params for o in p.opts} >= {"--webhook", "--label", "--config", "url"}
