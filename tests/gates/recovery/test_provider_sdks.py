"""The official SDKs read the stub as they read the providers."""

from __future__ import annotations

import asyncio
import itertools

import anthropic
import httpx
import openai
import pytest

from golive_gates.recovery.providers.stub.script import pieces
from tests.gates.recovery.provider_clients import (
    ANTHROPIC_SAYS,
    OPENAI_SAYS,
    PROMPT,
    anthropic_client,
    latest,
    openai_client,
    say,
    scenario,
    stub,
)

OPENAI_ERRORS: tuple[tuple[int, type[openai.APIStatusError], str | None, str | None], ...] = (
    (400, openai.BadRequestError, "invalid_request_error", None),
    (401, openai.AuthenticationError, "invalid_request_error", "invalid_api_key"),
    (429, openai.RateLimitError, "requests", "rate_limit_exceeded"),
    (500, openai.InternalServerError, "server_error", None),
    (503, openai.InternalServerError, "server_error", None),
    (529, openai.InternalServerError, "server_error", None),
)
ANTHROPIC_ERRORS: tuple[tuple[int, str, str], ...] = (
    (400, "BadRequestError", "invalid_request_error"),
    (401, "AuthenticationError", "authentication_error"),
    (429, "RateLimitError", "rate_limit_error"),
    (500, "InternalServerError", "api_error"),
    (503, "ServiceUnavailableError", "api_error"),
    (529, "OverloadedError", "overloaded_error"),
)


def test_openai_streams_with_role_finish_and_usage() -> None:
    async def go() -> None:
        async with stub() as one, openai_client(one.addresses["openai"]) as client:
            chunks = [
                c
                async for c in await client.chat.completions.create(
                    model="gpt-4o-mini",
                    messages=[{"role": "user", "content": PROMPT}],
                    stream=True,
                    stream_options={"include_usage": True},
                )
            ]
            assert chunks[0].choices[0].delta.role == "assistant"
            assert not chunks[0].choices[0].delta.content
            told = [c.choices[0].delta.content or "" for c in chunks if c.choices]
            assert "".join(told) == OPENAI_SAYS
            finishes = [c.choices[0].finish_reason for c in chunks if c.choices]
            assert finishes[-1] == "stop"
            assert set(finishes[:-1]) == {None}
            assert chunks[-1].choices == []
            usage = chunks[-1].usage
            assert usage is not None
            assert usage.completion_tokens == len(pieces(OPENAI_SAYS)) == latest(one).told
            assert usage.prompt_tokens == len(PROMPT.split())
            assert len({c.id for c in chunks}) == 1

    asyncio.run(go())


def test_openai_answers_whole() -> None:
    async def go() -> None:
        async with stub() as one, openai_client(one.addresses["openai"]) as client:
            got = await client.chat.completions.with_raw_response.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": PROMPT}]
            )
            answer = got.parse()
            assert answer.choices[0].message.content == OPENAI_SAYS
            assert answer.choices[0].finish_reason == "stop"
            assert answer.usage is not None
            assert answer.usage.total_tokens == len(pieces(OPENAI_SAYS)) + len(PROMPT.split())
            assert got.headers["x-request-id"] == latest(one).request_id
            assert [m.id for m in (await client.models.list()).data] == ["gpt-4o", "gpt-4o-mini"]

    asyncio.run(go())


def test_anthropic_streams_from_message_start_to_message_stop() -> None:
    async def go() -> None:
        async with stub() as one, anthropic_client(one.addresses["anthropic"]) as client:
            events = [
                e
                async for e in await client.messages.create(
                    model="claude-haiku-4-5",
                    max_tokens=500,
                    system="Write.",
                    messages=[{"role": "user", "content": [{"type": "text", "text": PROMPT}]}],
                    stream=True,
                )
            ]
            kinds = [e.type for e in events]
            middle = ["content_block_delta"] * len(pieces(ANTHROPIC_SAYS))
            ends = ["content_block_stop", "message_delta", "message_stop"]
            assert kinds == ["message_start", "content_block_start", *middle, *ends]
            async with client.messages.stream(
                model="claude-haiku-4-5",
                max_tokens=500,
                messages=[{"role": "user", "content": PROMPT}],
            ) as stream:
                final = await stream.get_final_message()
            assert "".join(b.text for b in final.content if b.type == "text") == ANTHROPIC_SAYS
            assert final.stop_reason == "end_turn"
            assert final.usage.output_tokens == len(pieces(ANTHROPIC_SAYS)) == latest(one).told
            assert final.usage.input_tokens == len(PROMPT.split())

    asyncio.run(go())


def test_anthropic_pings_on_the_wire() -> None:
    """The SDK swallows pings, so this looks at the bytes."""

    async def go() -> None:
        async with (
            stub() as one,
            anthropic_client(one.addresses["anthropic"]) as client,
            client.messages.with_streaming_response.create(
                model="claude-haiku-4-5",
                max_tokens=5,
                messages=[{"role": "user", "content": PROMPT}],
                stream=True,
            ) as got,
        ):
            text = await got.text()
            assert got.headers["request-id"].startswith("req_")
        assert 'event: ping\ndata: {"type":"ping"}\n\n' in text
        assert text.index("event: ping") < text.index("event: content_block_delta")

    asyncio.run(go())


def test_anthropic_answers_whole() -> None:
    async def go() -> None:
        async with stub() as one, anthropic_client(one.addresses["anthropic"]) as client:
            answer = await client.messages.create(
                model="claude-haiku-4-5",
                max_tokens=500,
                messages=[{"role": "user", "content": PROMPT}],
            )
            assert [b.text for b in answer.content if b.type == "text"] == [ANTHROPIC_SAYS]
            models = [m.id async for m in client.models.list()]
            assert models == ["claude-haiku-4-5", "claude-sonnet-4-5"]

    asyncio.run(go())


@pytest.mark.parametrize(("status", "kind", "named", "code"), OPENAI_ERRORS)
def test_openai_errors(
    status: int, kind: type[openai.APIStatusError], named: str | None, code: str | None
) -> None:
    async def go() -> None:
        async with stub() as one:
            await one.put(scenario("openai", "status", status=status, retry_after=7))
            with pytest.raises(kind) as caught:
                await say(one, "openai")
            error = caught.value
            assert (error.status_code, error.type, error.code) == (status, named, code)
            assert error.request_id == latest(one).request_id
            assert error.response.headers["retry-after"] == "7"
            assert latest(one).fault == f"status-{status}"

    asyncio.run(go())


@pytest.mark.parametrize(("status", "kind", "named"), ANTHROPIC_ERRORS)
def test_anthropic_errors(status: int, kind: str, named: str) -> None:
    async def go() -> None:
        async with stub() as one:
            await one.put(scenario("anthropic", "status", status=status))
            with pytest.raises(anthropic.APIStatusError) as caught:
                await say(one, "anthropic")
            error = caught.value
            assert (error.status_code, type(error).__name__) == (status, kind)
            assert isinstance(error.body, dict)
            assert error.body["type"] == "error"
            assert error.body["error"]["type"] == named
            assert error.request_id == error.body["request_id"] == latest(one).request_id

    asyncio.run(go())


def test_what_a_provider_would_refuse() -> None:
    async def go() -> None:
        async with stub() as one:
            async with openai_client(one.addresses["openai"]) as client:
                with pytest.raises(openai.BadRequestError):
                    await client.chat.completions.create(model="gpt-4o", messages=[])
            async with anthropic_client(one.addresses["anthropic"]) as other:
                with pytest.raises(anthropic.BadRequestError):
                    await other.messages.create(
                        model="m", max_tokens=0, messages=[{"role": "user", "content": "x"}]
                    )
            async with httpx.AsyncClient(trust_env=False) as bare:
                for provider, path in (("openai", "chat/completions"), ("anthropic", "messages")):
                    answer = await bare.post(f"{one.url}/{provider}/v1/{path}", json={})
                    assert (answer.status_code, "error" in answer.json()) == (401, True)
                assert (await bare.get(f"{one.url}/openai/v1/nothing")).status_code == 404
                assert (await bare.get(f"{one.url}/elsewhere")).status_code == 404

    asyncio.run(go())


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_the_sdks_wait_for_retry_after_and_try_again(provider: str) -> None:
    name: str = provider

    async def go() -> None:
        async with stub() as one:
            whose = "openai" if name == "openai" else "anthropic"
            await one.put(scenario(whose, "status", status=429, retry_after=0.2, count=2))
            assert await say(one, whose, retries=2) == (
                OPENAI_SAYS if whose == "openai" else ANTHROPIC_SAYS
            )
            entries = list(one.journal.entries())
            assert [e.status for e in entries] == [429, 429, 200]
            assert [e.retry for e in entries] == [0, 1, 2]
            waits = [b.at - a.at for a, b in itertools.pairwise(entries)]
            assert min(waits) >= 0.2  # the least that was asked for, however slow the machine

    asyncio.run(go())
