"""The stub speaks both wire formats well enough for the official SDKs, faults included."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest

from golive_demo.answers import script_for
from golive_demo.processes import Child, listening_socket

PROMPT = "항구의 등대지기"


@pytest.fixture(scope="module")
def stub_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A stub of these tests' own, in a hurry."""
    pace = ("--first-token", "0.01", "--stream", "0.05")
    with listening_socket() as listener:
        port = listener.getsockname()[1]
        child = Child(
            "provider-stub",
            [sys.executable, "-m", "golive_demo.provider_stub", f"--fd={listener.fileno()}", *pace],
            log=tmp_path_factory.mktemp("stub") / "log",
            env=os.environ,
            pass_fds=(listener.fileno(),),
        )
    try:
        child.wait_ready(f"http://127.0.0.1:{port}/healthz", 30)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


@pytest.fixture
def openai_client(stub_url: str) -> Iterator[openai.OpenAI]:
    base = stub_url + "/openai/v1"
    with openai.OpenAI(base_url=base, api_key="k", max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def anthropic_client(stub_url: str) -> Iterator[anthropic.Anthropic]:
    base = stub_url + "/anthropic"
    with anthropic.Anthropic(base_url=base, api_key="k", max_retries=0, timeout=20) as client:
        yield client


def ask_openai(client: openai.OpenAI, **options: Any) -> Any:
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": PROMPT}]
    return client.chat.completions.create(model="m", messages=messages, **options)


def ask_anthropic(client: anthropic.Anthropic, **options: Any) -> Any:
    messages = [{"role": "user", "content": PROMPT}]
    return client.messages.create(model="m", max_tokens=99, messages=messages, **options)


def test_openai_stream_has_the_documented_shape(openai_client: openai.OpenAI) -> None:
    options = {"include_usage": True}
    chunks = list(ask_openai(openai_client, stream=True, stream_options=options))
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[0].choices[0].delta.content == ""
    assert [c.object for c in chunks] == ["chat.completion.chunk"] * len(chunks)
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens == (
        chunks[-1].usage.prompt_tokens + chunks[-1].usage.completion_tokens
    )
    assert [c.choices[0].finish_reason for c in chunks[:-1]] == [None] * (len(chunks) - 2) + [
        "stop"
    ]
    text = "".join(c.choices[0].delta.content or "" for c in chunks[:-1])
    assert text == script_for(PROMPT)


def test_openai_stream_without_usage_ends_with_done(stub_url: str) -> None:
    response = httpx.post(
        stub_url + "/openai/v1/chat/completions",
        headers={"Authorization": "Bearer k"},
        json={"model": "m", "stream": True, "messages": [{"role": "user", "content": PROMPT}]},
        timeout=20,
    )
    assert response.headers["content-type"].startswith("text/event-stream")
    frames = response.text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    assert all(frame.startswith("data: ") for frame in frames[:-1])
    assert "usage" not in json.loads(frames[0].removeprefix("data: "))


def test_openai_answers_without_a_stream(openai_client: openai.OpenAI) -> None:
    answer = ask_openai(openai_client)
    assert answer.choices[0].message.content == script_for(PROMPT)
    assert answer.choices[0].finish_reason == "stop"


def test_anthropic_stream_has_the_documented_order(anthropic_client: anthropic.Anthropic) -> None:
    events = list(ask_anthropic(anthropic_client, stream=True))
    kinds = [event.type for event in events]
    deltas = kinds.count("content_block_delta")
    assert kinds[0] == "message_start"
    assert [k for k in kinds if k not in {"ping", "content_block_delta"}] == [
        "message_start",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    text = "".join(e.delta.text for e in events if e.type == "content_block_delta")
    assert text == script_for(PROMPT)
    assert events[-2].delta.stop_reason == "end_turn"
    assert events[-2].usage.output_tokens == deltas


def test_anthropic_sends_a_ping_and_names_its_events(stub_url: str) -> None:
    body = {
        "model": "m",
        "max_tokens": 9,
        "stream": True,
        "messages": [{"role": "user", "content": [{"type": "text", "text": PROMPT}]}],
    }
    url = stub_url + "/anthropic/v1/messages"
    text = httpx.post(url, headers={"x-api-key": "k"}, json=body, timeout=20).text
    assert 'event: ping\ndata: {"type":"ping"}\n\n' in text
    for frame in text.split("\n\n")[:-1]:
        name, data = frame.split("\n")
        assert json.loads(data.removeprefix("data: "))["type"] == name.removeprefix("event: ")


def test_anthropic_answers_without_a_stream(anthropic_client: anthropic.Anthropic) -> None:
    answer = ask_anthropic(anthropic_client)
    assert answer.content[0].text == script_for(PROMPT)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_openai_status_faults(
    openai_client: openai.OpenAI, fault: Callable[..., None], status: int, error: type[Exception]
) -> None:
    fault("openai", kind="status", status=status, retry_after_s=7)
    with pytest.raises(error) as caught:
        ask_openai(openai_client, stream=True)
    assert caught.value.status_code == status
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("status", [401, 429, 500, 503, 529])
def test_anthropic_status_faults(
    anthropic_client: anthropic.Anthropic, fault: Callable[..., None], status: int
) -> None:
    fault("anthropic", kind="status", status=status)
    with pytest.raises(anthropic.APIStatusError) as caught:
        ask_anthropic(anthropic_client, stream=True)
    assert caught.value.status_code == status
    assert "retry-after" not in caught.value.response.headers


def test_openai_mid_stream_faults(openai_client: openai.OpenAI, fault: Callable[..., None]) -> None:
    def text(reader: Callable[[], object]) -> str:
        return "".join(c.choices[0].delta.content or "" for c in reader())

    whole = script_for(PROMPT)
    fault("openai", kind="stream-error")
    with pytest.raises(openai.APIError, match="simulated error"):
        list(ask_openai(openai_client, stream=True))
    fault("openai", kind="truncate")
    chunks = list(ask_openai(openai_client, stream=True))
    assert all(c.choices[0].finish_reason is None for c in chunks)
    fault("openai", kind="early-stop")
    chunks = list(ask_openai(openai_client, stream=True))
    assert chunks[-1].choices[0].finish_reason == "stop"
    early = text(lambda: chunks)
    assert early != whole
    assert whole.startswith(early)
    fault("openai", kind="cut")
    with pytest.raises(Exception, match=r"(?i)connection|incomplete|closed|peer") as caught:
        list(ask_openai(openai_client, stream=True))
    assert not isinstance(caught.value, AssertionError)


def test_anthropic_mid_stream_error_is_overloaded(
    anthropic_client: anthropic.Anthropic, fault: Callable[..., None]
) -> None:
    fault("anthropic", kind="stream-error")
    with pytest.raises(anthropic.APIError, match="overloaded_error"):
        list(ask_anthropic(anthropic_client, stream=True))


def test_stall_keeps_the_connection_open(stub_url: str, fault: Callable[..., None]) -> None:
    fault("openai", kind="stall", after=1)
    client = openai.OpenAI(
        base_url=stub_url + "/openai/v1", api_key="k", max_retries=0, timeout=1.0
    )
    chunks = []
    with client, pytest.raises(Exception, match=r"(?i)time"):
        chunks.extend(ask_openai(client, stream=True))


def test_fault_heals_after_its_requests(
    openai_client: openai.OpenAI, fault: Callable[..., None]
) -> None:
    fault("openai", kind="status", status=500, remaining=1)
    with pytest.raises(openai.InternalServerError):
        ask_openai(openai_client)
    assert ask_openai(openai_client).choices[0].finish_reason == "stop"


def test_bad_requests_are_refused(stub_url: str) -> None:
    base = stub_url
    openai_url = f"{base}/openai/v1/chat/completions"
    message = [{"role": "user", "content": "x"}]
    assert httpx.post(openai_url, json={"model": "m", "messages": message}).status_code == 401
    keyed = {"Authorization": "Bearer k"}
    for body in ({}, {"model": "m"}, {"model": "m", "messages": []}, {"messages": message}):
        assert httpx.post(openai_url, headers=keyed, json=body).status_code == 400
    assert httpx.post(openai_url, headers=keyed, content=b"\xff{").status_code == 400
    admin = f"{base}/admin/faults"
    assert httpx.put(f"{admin}/nobody", json={}).status_code == 404
    for wrong in ({"kind": "boom"}, {"status": 418}, {"after": -1}, {"typo": 1}, []):
        assert httpx.put(f"{admin}/openai", json=wrong).status_code == 422
