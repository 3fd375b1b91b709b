"""The bounded event stream, and what generation-service makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from golive_demo.answers import MAX_SILENCE_S, script_for, silence_of
from golive_demo.broken import HEALTHY, variant
from golive_demo.connections import BoundedEventStream, Slots
from golive_demo.generation_metrics import GenerationMetrics
from golive_demo.generation_service import Parts, create_app
from golive_demo.script_stream import ScriptStream, Wish
from golive_demo.script_writer import ScriptWriter
from golive_demo.service import ServiceSettings

AUTH = {"Authorization": "Bearer secret"}
BODY = {"projectId": "p", "description": "새벽"}
URL = "/api/v1/generate"
SCOPE = {"type": "http", "method": "POST", "path": URL, "headers": []}


async def never() -> Any:
    await asyncio.Event().wait()


async def answered(stream: BoundedEventStream) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await stream(SCOPE, never, send)
    return sent


def test_one_stream_too_many_is_refused_at_once() -> None:
    async def scene() -> None:
        slots, go_on, opened = Slots(1), asyncio.Event(), asyncio.Event()

        async def frames() -> AsyncIterator[bytes]:
            opened.set()
            yield b"data: x\n\n"
            await go_on.wait()

        first = asyncio.create_task(answered(BoundedEventStream(slots, frames, 1.0)))
        await opened.wait()
        opened.clear()
        refused = await answered(BoundedEventStream(slots, frames, 1.0))
        assert refused[0]["status"] == 503
        assert dict(refused[0]["headers"])[b"retry-after"] == b"2"
        assert b"too many streams" in refused[1]["body"]
        assert not opened.is_set()
        go_on.set()
        assert (await first)[0]["status"] == 200
        assert slots.taken == 0
        assert (await answered(BoundedEventStream(slots, frames, 1.0)))[0]["status"] == 200

    asyncio.run(scene())


@pytest.fixture
def client(fake_index: Any, fake_provider: Callable[..., Any]) -> TestClient:
    parts = Parts((fake_provider(),), fake_index, GenerationMetrics())
    return TestClient(create_app(ServiceSettings("secret"), parts), headers=AUTH)


def test_last_event_id_goes_on_after_it(
    client: TestClient, events_of: Callable[[str], list[Any]]
) -> None:
    with client:
        whole = events_of(client.post(URL, json=BODY).text)
        rest = client.post(URL, json=BODY, headers={"Last-Event-ID": "2"})
        anew = client.post(URL, json=BODY, headers={"Last-Event-ID": "77"})
        other = client.post(URL, json={**BODY, "projectId": "q"}, headers={"Last-Event-ID": "2"})
    assert events_of(rest.text) == whole[2:]
    assert [e[0] for e in whole[2:]] == ["3", "4"]
    assert events_of(anew.text) == whole
    assert events_of(other.text)[0][0] == "1"


def test_the_refusal_is_documented(client: TestClient) -> None:
    with client:
        operation = client.get("/openapi.json").json()["paths"][URL]["post"]
    assert "503" in operation["responses"]
    assert [p["name"] for p in operation["parameters"]] == ["last-event-id"]


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("침묵 8", 8.0),
        ("침묵 0.5 새벽", 0.5),
        ("침묵 9999", MAX_SILENCE_S),
        ("침묵 8초", 0.0),
        ("침묵", 0.0),
        ("긴 침묵 8", 0.0),
        ("침묵 -8", 0.0),
    ],
)
def test_silence_is_asked_for_and_bounded(prompt: str, seconds: float) -> None:
    assert silence_of(prompt) == seconds
    assert prompt in script_for(prompt)


@pytest.mark.parametrize("starved", [False, True])
def test_a_starved_stream_waits_after_its_first_content(
    fake_index: Any, fake_provider: Callable[..., Any], *, starved: bool
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def run() -> list[str]:
        metrics = GenerationMetrics()
        provider = fake_provider(pieces=("a", "b", "c"))
        writer = ScriptWriter((provider,), metrics.provider_outcome, metrics.fell_back)
        stream = ScriptStream(writer, fake_index, metrics, HEALTHY, sleep, starved=starved)
        return [e.event async for e in stream.events(Wish("main", "p", "d", 0.0))]

    assert asyncio.run(run()) == ["status", "content", "content", "content", "done"]
    assert slept == ([0.25, 0.25] if starved else [])


def test_few_streams_are_not_starved(
    fake_index: Any, fake_provider: Callable[..., Any], events_of: Callable[[str], list[Any]]
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    parts = Parts((fake_provider(),), fake_index, GenerationMetrics(), sleep=sleep)
    settings = ServiceSettings("secret", variant=variant("starves-streams"))
    with TestClient(create_app(settings, parts), headers=AUTH) as client:
        for _ in range(8):
            assert events_of(client.post(URL, json=BODY).text)[-1][1] == "done"
    assert slept == []
