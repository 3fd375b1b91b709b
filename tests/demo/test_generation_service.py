"""generation-service, driven through its ASGI application with doubles for the providers."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from golive_demo.broken import HEALTHY, variant
from golive_demo.generation_metrics import GenerationMetrics
from golive_demo.generation_service import Parts, create_app
from golive_demo.providers import ProviderError
from golive_demo.script_stream import ScriptStream, Wish
from golive_demo.script_writer import ScriptWriter
from golive_demo.service import ServiceSettings

AUTH = {"Authorization": "Bearer secret"}
BODY = {"projectId": "p", "description": "새벽"}
URL = "/api/v1/generate"
WISH = Wish("main", "p", "d", 0.0)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def build(
    fake_index: Any, fake_provider: Callable[..., Any], slept: list[float]
) -> Callable[..., TestClient]:
    """A client of the service in a variant."""

    def make(name: str | None = None, *providers: Any) -> TestClient:
        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        parts = Parts(
            providers=providers or (fake_provider(),),
            index=fake_index,
            metrics=GenerationMetrics(),
            sleep=sleep,
        )
        app = create_app(ServiceSettings("secret", variant=variant(name)), parts)
        return TestClient(app, headers=AUTH)

    return make


def test_stream_has_its_shape(
    build: Callable[..., TestClient],
    events_of: Callable[[str], list[Any]],
    fake_index: Any,
    slept: list[float],
) -> None:
    with build() as client:
        answer = client.post(URL, json=BODY)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["ratelimit-limit"] == "200"
    events = events_of(answer.text)
    assert [e[0] for e in events] == ["1", "2", "3", "4"]
    assert [e[1] for e in events] == ["status", "content", "content", "done"]
    assert events[0][2] == {"state": "accepted", "projectId": "p"}
    assert [e[2] for e in events[1:3]] == [{"delta": "하나"}, {"delta": " 둘"}]
    digest = hashlib.sha256("하나 둘".encode()).hexdigest()
    assert events[3][2] == {"chars": 4, "sha256": digest}
    assert fake_index.added == [("main", "p", "하나 둘")]
    assert slept == []


def test_provider_failure_is_an_error_event(
    build: Callable[..., TestClient],
    events_of: Callable[[str], list[Any]],
    fake_index: Any,
    fake_provider: Callable[..., Any],
) -> None:
    broken = fake_provider(error=ProviderError("server_error", "500"))
    with build(None, broken) as client:
        answer = client.post(URL, json=BODY)
        metrics = client.get("/metrics").text
    assert answer.status_code == 200
    events = events_of(answer.text)
    assert [e[1] for e in events] == ["status", "content", "content", "error"]
    assert events[-1][2]["code"] == "providers_failed"
    assert fake_index.added == []
    assert 'sse_streams_total{outcome="error"} 1.0' in metrics
    assert "sse_streams_active 0.0" in metrics


def test_fallback_before_any_content_is_counted(
    build: Callable[..., TestClient],
    events_of: Callable[[str], list[Any]],
    fake_provider: Callable[..., Any],
) -> None:
    first = fake_provider(pieces=(), error=ProviderError("rate_limited", "429"))
    second = fake_provider(name="anthropic")
    with build(None, first, second) as client:
        events = events_of(client.post(URL, json=BODY).text)
        metrics = client.get("/metrics").text
    assert events[-1][1] == "done"
    fallback = 'provider_fallback_total{from_provider="openai",to_provider="anthropic"} 1.0'
    assert fallback in metrics
    assert 'provider_requests_total{outcome="rate_limited",provider="openai"} 1.0' in metrics
    assert 'provider_requests_total{outcome="ok",provider="anthropic"} 1.0' in metrics


def test_known_label_sets_start_at_zero(build: Callable[..., TestClient]) -> None:
    with build() as client:
        metrics = client.get("/metrics").text
    for line in (
        'sse_streams_total{outcome="completed"} 0.0',
        'sse_streams_total{outcome="aborted"} 0.0',
        'provider_requests_total{outcome="timeout",provider="anthropic"} 0.0',
        'provider_fallback_total{from_provider="openai",to_provider="anthropic"} 0.0',
        'sse_first_content_seconds_bucket{le="2.0"} 0.0',
        'auth_failures_total{service="generation-service"} 0.0',
        'rate_limited_total{service="generation-service"} 0.0',
    ):
        assert line in metrics


def test_a_reader_that_leaves_is_an_aborted_stream(
    fake_index: Any, fake_provider: Callable[..., Any]
) -> None:
    provider, metrics = fake_provider(), GenerationMetrics()

    async def leave_after_first_content() -> None:
        writer = ScriptWriter((provider,), metrics.provider_outcome, metrics.fell_back)
        stream = ScriptStream(writer, fake_index, metrics, HEALTHY, asyncio.sleep)
        events = stream.events(WISH)
        assert [(await anext(events)).event for _ in range(2)] == ["status", "content"]
        await events.aclose()

    asyncio.run(leave_after_first_content())
    assert metrics.registry.get_sample_value("sse_streams_total", {"outcome": "aborted"}) == 1
    assert metrics.registry.get_sample_value("sse_streams_active") == 0
    assert provider.closed == 1
    assert fake_index.added == []


def test_a_full_index_does_not_hurt_the_stream(
    build: Callable[..., TestClient], events_of: Callable[[str], list[Any]], fake_index: Any
) -> None:
    fake_index.full = True
    with build() as client:
        assert events_of(client.post(URL, json=BODY).text)[-1][1] == "done"
        assert "scripts_index_dropped_total 1.0" in client.get("/metrics").text


def test_not_ready_while_the_index_fails(build: Callable[..., TestClient], fake_index: Any) -> None:
    with build() as client:
        assert client.get("/readyz").status_code == 200
        fake_index.failure = "disk full"
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "index: disk full")


@pytest.mark.parametrize("body", [{**BODY, "x": 1}, {"projectId": "p"}, {**BODY, "prompt": "d"}])
def test_strict_bodies(build: Callable[..., TestClient], body: Any) -> None:
    with build() as client:
        assert client.post(URL, json=body).status_code == 422


def request_schema(client: TestClient) -> tuple[Any, Any]:
    document = client.get("/openapi.json").json()
    operation = document["paths"][URL]["post"]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return operation, document["components"]["schemas"][name.rsplit("/", 1)[1]]


def test_openapi_describes_the_body_and_the_stream(build: Callable[..., TestClient]) -> None:
    with build() as client:
        operation, schema = request_schema(client)
    assert sorted(schema["required"]) == ["description", "projectId"]
    assert schema["additionalProperties"] is False
    assert operation["responses"]["200"]["content"].keys() == {"text/event-stream"}


def test_contract_drift_renames_the_field_in_code_and_document(
    build: Callable[..., TestClient],
    events_of: Callable[[str], list[Any]],
    fake_provider: Callable[..., Any],
) -> None:
    provider = fake_provider()
    with build("contract-drift", provider) as client:
        _, schema = request_schema(client)
        assert sorted(schema["required"]) == ["projectId", "prompt"]
        assert client.post(URL, json=BODY).status_code == 422
        renamed = client.post(URL, json={"projectId": "p", "prompt": "새벽"})
    assert events_of(renamed.text)[-1][1] == "done"
    assert provider.prompts == ["새벽"]


def test_preamble_only_is_silent_between_status_and_content(
    fake_index: Any, fake_provider: Callable[..., Any], slept: list[float]
) -> None:
    async def silence(seconds: float) -> None:
        slept.append(seconds)

    async def sleeps_before_each_event() -> list[Any]:
        metrics = GenerationMetrics()
        writer = ScriptWriter((fake_provider(),), metrics.provider_outcome, metrics.fell_back)
        broken = variant("preamble-only")
        stream = ScriptStream(writer, fake_index, metrics, broken, silence)
        return [(e.event, list(slept)) async for e in stream.events(WISH)]

    seen = asyncio.run(sleeps_before_each_event())
    assert seen[0] == ("status", [])
    assert seen[1] == ("content", [3.0])
    assert seen[-1] == ("done", [3.0])


def test_slow_first_event_is_silent_before_the_response(
    build: Callable[..., TestClient], events_of: Callable[[str], list[Any]], slept: list[float]
) -> None:
    with build("slow-first-event") as client:
        events = events_of(client.post(URL, json=BODY).text)
    assert slept == [3.0]
    assert [e[1] for e in events] == ["status", "content", "content", "done"]


def test_flaky_readiness_fails_every_33rd(build: Callable[..., TestClient]) -> None:
    with build("flaky-readiness") as client:
        codes = [client.get("/readyz").status_code for _ in range(99)]
        assert client.get("/healthz").status_code == 200
    assert [n for n, code in enumerate(codes, 1) if code == 503] == [33, 66, 99]
    assert codes.count(200) == 96


def test_truncated_stream_ends_half_way_without_a_word(
    build: Callable[..., TestClient],
    events_of: Callable[[str], list[Any]],
    fake_provider: Callable[..., Any],
) -> None:
    provider = fake_provider(pieces=tuple(f"{n} " for n in range(90)))
    with build("truncated-stream", provider) as client:
        events = events_of(client.post(URL, json=BODY).text)
    assert [e[1] for e in events] == ["status"] + ["content"] * 45
    assert provider.closed == 1


def test_wrong_content_completes_with_another_script(
    build: Callable[..., TestClient],
    events_of: Callable[[str], list[Any]],
    fake_provider: Callable[..., Any],
) -> None:
    provider = fake_provider()
    with build("wrong-content", provider) as client:
        events = events_of(client.post(URL, json=BODY).text)
    assert events[-1][1] == "done"
    assert provider.prompts != [BODY["description"]]
