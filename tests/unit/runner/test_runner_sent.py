"""The record lists what each gate sent, and a further client's credentials reach its gate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from core_records import config
from fake_gates import Seen, Settings, Stage, Watcher, fake_gate
from listeners import answering, listening

from golive.api import Need, RunContext, ServiceEndpoint, Target
from golive.config.loader import load_config
from golive.sent import SentRequests
from golive.target_client import target_probe


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_every_request_of_a_gate_is_in_its_record(stage: Stage) -> None:
    async def ask(ctx: RunContext, settings: Settings) -> object:
        assert ctx.config.target is not None
        base = ctx.config.target.services[0].url
        async with target_probe(ctx) as probe:
            for number in range(3):
                await probe.call("GET", f"{base}/items/golive-{number}?page=1")
            await probe.call("GET", "ftp://nowhere/")
        ctx.note_sent("POST", f"{base}/streams", 40)
        return Seen(2.0)

    with listening(answering()) as port:
        base = f"http://127.0.0.1:{port}"
        stage.config = replace(config(), target=Target((ServiceEndpoint("api", base),)))
        run = stage.run(
            fake_gate("alpha", Watcher(ask, needs=frozenset({Need.TARGET}))), fake_gate("beta")
        )
    sent = {g.id: g.sent for g in run.gates}
    assert sent["alpha"] == (
        SentRequests("GET", f"{base}/items/golive-*", 3),
        SentRequests("POST", f"{base}/streams", 40),
    )
    assert sent["beta"] == ()


def test_a_file_may_name_further_clients(tmp_path: Path) -> None:
    path = tmp_path / "golive.yaml"
    path.write_text(
        "apiVersion: golive/v1\n"
        "service: {name: x, version: v1}\n"
        "target:\n"
        "  services: [{name: api, url: 'http://127.0.0.1:1'}]\n"
        "  clients:\n"
        "    limit: {token: 'env:LIMIT_TOKEN'}\n"
        "    other: {token: 'file:other', header: X-Key, scheme: ''}\n",
        encoding="utf-8",
    )
    loaded = load_config(path, {})
    assert loaded.config.target is not None
    clients = loaded.config.target.clients
    assert clients["limit"].token == "env:LIMIT_TOKEN"
    assert clients["other"].header == "X-Key"
