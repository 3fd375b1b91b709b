"""Every fault as the official SDKs meet it, and what the journal says of it."""

from __future__ import annotations

import asyncio

import anthropic
import openai
import pytest

from golive_gates.recovery.providers.stub.answering import split
from golive_gates.recovery.providers.stub.faults import Kind
from golive_gates.recovery.providers.stub.journal import CLIENT_GONE, COMPLETE, FAULT
from golive_gates.recovery.providers.stub.script import pieces
from golive_gates.recovery.providers.wire.dialect import PROVIDERS, ProviderName
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

WHOLE = {"openai": OPENAI_SAYS, "anthropic": ANTHROPIC_SAYS}
BOTH = pytest.mark.parametrize("provider", PROVIDERS)


async def _told(kind: Kind, provider: ProviderName, after: int = 3) -> tuple[str, str, int]:
    """What the SDK made of the fault: its text, or its error, and the pieces the stub told."""
    async with stub() as one:
        await one.put(scenario(provider, kind, after_events=after))
        try:
            text, error = await say(one, provider), ""
        except Exception as caught:  # noqa: BLE001 - which one it is depends on the SDK
            text, error = "", type(caught).__name__
        assert latest(one).fault == (f"{kind}@{after}" if after else kind)
        assert latest(one).ended == FAULT
        return text, error, latest(one).told


@BOTH
@pytest.mark.parametrize("kind", ["stream-error", "cut", "malformed", "reset"])
def test_a_stream_that_breaks_is_an_error_to_the_sdks(kind: Kind, provider: ProviderName) -> None:
    text, error, told = asyncio.run(_told(kind, provider))
    assert (text, told) == ("", 3)
    assert error


@BOTH
def test_a_stream_error_says_what_it_is(provider: ProviderName) -> None:
    async def go() -> None:
        async with stub() as one:
            await one.put(scenario(provider, "stream-error"))
            if provider == "openai":
                with pytest.raises(openai.APIError, match="had an error"):
                    await say(one, provider)
            else:
                with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
                    await say(one, provider)
            assert latest(one).status == 200

    asyncio.run(go())


def test_openai_takes_a_truncated_stream_for_a_whole_one() -> None:
    """The trap for generators: only the missing finish reason tells it from an answer."""
    text, error, told = asyncio.run(_told("truncate", "openai"))
    assert (text, error, told) == ("".join(pieces(OPENAI_SAYS)[:3]), "", 3)


@BOTH
def test_an_early_stop_is_a_shorter_answer(provider: ProviderName) -> None:
    text, error, _ = asyncio.run(_told("early-stop", provider, 4))
    assert (text, error) == ("".join(pieces(WHOLE[provider])[:4]), "")


@BOTH
def test_a_reset_before_the_answer(provider: ProviderName) -> None:
    _, error, told = asyncio.run(_told("reset", provider, 0))
    assert error == "APIConnectionError"
    assert told == 0


@BOTH
def test_characters_split_across_packets_arrive_whole(provider: ProviderName) -> None:
    async def go() -> None:
        async with stub() as one:
            await one.put(scenario(provider, "split-utf8"))
            assert await say(one, provider) == WHOLE[provider]
            assert (latest(one).ended, latest(one).fault) == (COMPLETE, "split-utf8")

    asyncio.run(go())


def test_the_parts_end_inside_characters() -> None:
    data = "가🥖é".encode()
    parts = split(data)
    assert b"".join(parts) == data
    for part in parts[:-1]:
        with pytest.raises(UnicodeDecodeError):
            part.decode()
    assert split(b"plain") == [b"plain"]


@BOTH
def test_refused_connections_and_back(provider: ProviderName) -> None:
    """The same client, whose kept connection must not get around the refusal."""

    async def go() -> None:
        async with stub() as one:
            assert await say(one, provider) == WHOLE[provider]
            await one.put(scenario(provider, "refuse"))
            kind = openai.APIConnectionError if provider == "openai" else None
            with pytest.raises(kind or anthropic.APIConnectionError):
                await say(one, provider)
            other: ProviderName = "anthropic" if provider == "openai" else "openai"
            assert await say(one, other) == WHOLE[other]
            await one.roll_back()
            assert await say(one, provider) == WHOLE[provider]
            assert one.journal.last == 3  # a refused connection reaches no journal

    asyncio.run(go())


def test_a_kept_connection_does_not_get_around_a_refusal() -> None:
    async def go() -> None:
        async with stub() as one, openai_client(one.addresses["openai"]) as client:
            await client.models.list()
            await one.put(scenario("openai", "refuse"))
            with pytest.raises(openai.APIConnectionError):
                await client.models.list()

    asyncio.run(go())


@BOTH
@pytest.mark.parametrize("kind", ["stall", "slow-first-token"])
def test_a_client_that_gives_up_is_seen_to_leave(kind: Kind, provider: ProviderName) -> None:
    async def go() -> None:
        async with stub() as one:
            await one.put(scenario(provider, kind))
            task = asyncio.create_task(say(one, provider))
            while not (one.journal.last and latest(one).status):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            while latest(one).took is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            assert (latest(one).ended, latest(one).told) == (CLIENT_GONE, 0)

    asyncio.run(go())


@BOTH
@pytest.mark.parametrize("kind", ["stream-error", "cut", "malformed", "reset", "truncate", "stall"])
def test_answers_that_are_not_streamed_break_too(kind: Kind, provider: ProviderName) -> None:
    async def go() -> str:
        async with stub() as one:
            await one.put(scenario(provider, kind))
            base = one.addresses[provider]
            try:
                if provider == "openai":
                    async with openai_client(base) as client:
                        said = await client.with_options(timeout=0.5).chat.completions.create(
                            model="gpt-4o", messages=[{"role": "user", "content": PROMPT}]
                        )
                        return str(said.choices[0].message.content)
                async with anthropic_client(base) as other:
                    told = await other.with_options(timeout=0.5).messages.create(
                        model="m", max_tokens=9, messages=[{"role": "user", "content": PROMPT}]
                    )
                    return str(told.content)
            except Exception as error:  # noqa: BLE001 - which one it is depends on the SDK
                return f"{type(error).__module__}.{type(error).__name__}"

    assert asyncio.run(go()).partition(".")[0] in {"openai", "anthropic", "json"}
