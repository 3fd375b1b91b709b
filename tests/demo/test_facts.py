"""The facts file and the configuration filled in from it."""

from __future__ import annotations

import dataclasses
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from golive.config.loader import load_config
from golive_demo.alerting import Alerting
from golive_demo.answers import KNOWN_DESCRIPTION, pieces, script_for, silence_of
from golive_demo.clients import FURTHER_CLIENTS, STUDIO, from_variable
from golive_demo.connections import MAX_STREAMS
from golive_demo.facts import TEMPLATE, Facts, TemplateError, publish, render_config
from golive_demo.programs import Program
from golive_demo.ratelimit import RateLimit
from golive_demo.recovering import Recovering
from golive_demo.secret_names import CLIENTS_VARIABLE
from golive_gates import load, manifests, observability, pipeline, recovery, slo, streaming


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(
        workdir=tmp_path,
        project_service="http://127.0.0.1:1",
        generation_service="http://127.0.0.1:2",
        provider_stub="http://127.0.0.1:3",
        front="http://127.0.0.1:4",
        prometheus="http://127.0.0.1:5",
        token="s3cret",
        rate_limit=RateLimit(200, 60.0),
        programs=(Program("nginx", None, None, "apt-get install nginx"),),
        pids={"provider-stub": 7, "front": 8},
        broken=None,
        history="simulated",
        other_tokens={name: f"t-{name}" for name in FURTHER_CLIENTS},
        generation_pid_file=tmp_path / "generation-service.pid",
        alerting=Alerting(None, "http://127.0.0.1:6", "127.0.0.1:9", "as released"),
        recovering=Recovering("http://127.0.0.1:10", "http://127.0.0.1:11", "http://127.0.0.1:12"),
    )


def test_template_is_filled_in(facts: Facts) -> None:
    text = "a: ${front}\nb: ${rate_limit_requests}/${rate_limit_window}\nc: ${known_answer_json}\n"
    lines = render_config(text, facts).splitlines()
    assert lines[:2] == ["a: http://127.0.0.1:4", "b: 200/60s"]
    assert json.loads(lines[2].removeprefix("c: ")) == script_for(KNOWN_DESCRIPTION)


def test_conditional_lines(facts: Facts) -> None:
    text = "#if-prometheus p: ${prometheus}\n#if-no-prometheus none: 1\n#if-front f: 1\n# kept\n"
    assert render_config(text, facts) == "p: http://127.0.0.1:5\nf: 1\n# kept\n"
    bare = dataclasses.replace(facts, prometheus=None, front=None)
    assert render_config(text, bare) == "none: 1\n# kept\n"
    assert render_config("u: ${generation_api}", bare) == "u: http://127.0.0.1:2\n"


@pytest.mark.parametrize("front", ["http://127.0.0.1:4", None])
@pytest.mark.parametrize("prometheus", ["http://127.0.0.1:5", None])
@pytest.mark.parametrize("alertmanager", ["http://127.0.0.1:6", None])
def test_the_shipped_template_is_yaml_with_and_without_each_part(
    facts: Facts, front: str | None, prometheus: str | None, alertmanager: str | None
) -> None:
    running = Alerting(alertmanager=alertmanager)
    partial = dataclasses.replace(facts, front=front, prometheus=prometheus, alerting=running)
    text = render_config(TEMPLATE.read_text(encoding="utf-8"), partial)
    assert isinstance(yaml.safe_load(text), dict)
    assert "#if-" not in text
    assert ("127.0.0.1:4" in text) == (front is not None)
    assert ("127.0.0.1:5" in text) == (prometheus is not None)
    assert ("127.0.0.1:6" in text) == (alertmanager is not None)


@pytest.mark.parametrize("front", ["http://127.0.0.1:4", None])
def test_the_shipped_template_is_a_valid_configuration(
    facts: Facts, tmp_path: Path, front: str | None
) -> None:
    pids = facts.pids if front else {"provider-stub": 7}
    publish(dataclasses.replace(facts, front=front, pids=pids), None)
    gates: dict[str, Any] = {
        module.GATE.id: module.GATE
        for module in (slo, streaming, manifests, observability, pipeline, recovery, load)
    }
    loaded = load_config(
        tmp_path / "golive.yaml",
        {name: gate.settings for name, gate in gates.items()},
        known_checks={c.spec.id for gate in gates.values() for c in gate.checks},
    )
    config: Any = loaded.config
    settings: Any = loaded.settings["streaming"]
    alerting: Any = loaded.settings["observability"]
    assert config.target.clients.keys() == set(FURTHER_CLIENTS)
    assert set(config.profile.gates) == gates.keys()
    # What is asked for in the body is what is waited for.
    assert silence_of(settings.idle_body["description"]) == settings.idle_for
    assert settings.connection_limit == MAX_STREAMS
    assert settings.reload_command == (("kill", "-HUP", "8") if front else ())
    vouched: Any = loaded.settings["pipeline"]
    assert vouched.github is None
    assert vouched.scan_results == (f"{tmp_path}/image-reports/*.json",)
    for said in (vouched.attested.branch_protection, vouched.attested.environment_reviewers):
        assert said.on < said.until
        assert "예시" in said.statement
    assert alerting.drill
    assert (alerting.alertmanager.url, alerting.alertmanager.webhook_listen) == (
        "http://127.0.0.1:6",
        "127.0.0.1:9",
    )
    assert settings.drain_command[-1] == str(facts.generation_pid_file)
    restored: Any = loaded.settings["recovery"]
    (database,), (index,) = restored.sqlite, restored.chroma
    assert (database.live, index.live) == (f"{tmp_path}/projects.sqlite3", f"{tmp_path}/scripts")
    assert (restored.providers.stub, restored.providers.service) == (
        "http://127.0.0.1:10",
        "http://127.0.0.1:11",
    )
    assert restored.providers.reverse_service == "http://127.0.0.1:12"
    service = restored.service
    assert (service.stores, service.command[0]) == (("projects",), sys.executable)
    assert "--broken" not in service.command
    for said in (restored.attested.encryption, restored.attested.off_site):
        assert said.on < said.until
        assert "예시" in said.statement


def test_the_restored_service_is_told_of_its_variant_and_of_its_tenant(
    facts: Facts, tmp_path: Path
) -> None:
    publish(dataclasses.replace(facts, broken="restored-service-without-key"), None)
    told = yaml.safe_load((tmp_path / "golive.yaml").read_text(encoding="utf-8"))
    service = told["gates"]["recovery"]["service"]
    assert service["command"][-2:] == ["--broken", "restored-service-without-key"]
    assert all(value.startswith("file:") for value in service["secrets"].values())
    clients = Path(service["secrets"][CLIENTS_VARIABLE].removeprefix("file:"))
    (studio,) = from_variable(clients.read_text("utf-8"))
    token = Path(service["ask"]["auth"]["token"].removeprefix("file:"))
    assert (studio.name, studio.token) == (STUDIO, token.read_text("utf-8"))
    assert [p.stat().st_mode & 0o077 for p in (clients, token)] == [0, 0]


def test_without_a_stub_no_fallback_is_declared(facts: Facts, tmp_path: Path) -> None:
    publish(dataclasses.replace(facts, recovering=Recovering(note="no stub")), None)
    told = yaml.safe_load((tmp_path / "golive.yaml").read_text(encoding="utf-8"))
    assert "providers" not in told["gates"]["recovery"]
    assert not [note for note in told["release"]["notes"] if "provider-stub" in note]


@pytest.mark.parametrize("text", ["${typo}", "costs $5"])
def test_a_wrong_placeholder_is_an_error(facts: Facts, text: str) -> None:
    with pytest.raises(TemplateError):
        render_config(text, facts)


def test_publication(facts: Facts, tmp_path: Path) -> None:
    ready = tmp_path / "facts.json"
    publish(facts, ready, template=tmp_path / "missing.in")
    told = json.loads(ready.read_text(encoding="utf-8"))
    assert told["addresses"]["front"] == "http://127.0.0.1:4"
    assert told["addresses"]["alertmanager"] == "http://127.0.0.1:6"
    assert (told["alerting"], told["alert_webhook"]) == ("as released", "127.0.0.1:9")
    assert told["components"]["nginx"] == {
        "present": False,
        "version": None,
        "hint": "apt-get install nginx",
    }
    assert told["known_answer"]["text"] == script_for(told["known_answer"]["description"])
    assert told["config"] == str(tmp_path / "golive.yaml")
    assert "project_service: " in (tmp_path / "golive.yaml").read_text(encoding="utf-8")
    assert told["clients"].keys() == {"main", *FURTHER_CLIENTS}
    assert told["clients"]["main"] == {"token": "s3cret", "token_file": str(facts.token_file)}
    for name in FURTHER_CLIENTS:
        path = Path(told["clients"][name]["token_file"])
        assert path.read_text(encoding="utf-8") == told["clients"][name]["token"] == f"t-{name}"
    files = [facts.token_file_of(name) for name in FURTHER_CLIENTS]
    for secret in (ready, facts.token_file, *files):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert facts.token_file.read_text(encoding="utf-8") == "s3cret"
    assert not list(tmp_path.glob(".facts*"))
    assert "s3cret" not in repr(facts)
    assert "t-other" not in repr(facts)


@pytest.mark.parametrize("prompt", ["", "x", "  a\n b ", "\ud800", "가" * 5000])
def test_answers_are_pure_and_split_without_loss(prompt: str) -> None:
    text = script_for(prompt)
    assert text == script_for(prompt)
    assert "".join(pieces(text)) == text
    assert 40 < len(pieces(text)) < 120
    assert text != script_for(prompt + "!")
