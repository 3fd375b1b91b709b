"""The stub around a test, and the official SDKs as its clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anthropic
import httpx
import openai

from golive_gates.recovery.providers.stub.faults import Fault, Kind, Scenario
from golive_gates.recovery.providers.stub.journal import Entry
from golive_gates.recovery.providers.stub.script import DEFAULT_ANSWERS, Pace, Script
from golive_gates.recovery.providers.stub.serving import Ports, ProviderStub
from golive_gates.recovery.providers.wire.dialect import ProviderName

QUICK = Script(pace=Pace(0.0, 0.0))
PROMPT = "장면 하나를 써 주세요"
OPENAI_SAYS, ANTHROPIC_SAYS = DEFAULT_ANSWERS["openai"], DEFAULT_ANSWERS["anthropic"]


@asynccontextmanager
async def stub(script: Script = QUICK, ports: Ports | None = None) -> AsyncIterator[ProviderStub]:
    async with ProviderStub(script, ports) as one:
        yield one


def scenario(
    provider: ProviderName,
    kind: Kind,
    *,
    count: int | None = None,
    lease: float | None = None,
    **fault: float,
) -> Scenario:
    return Scenario(provider, Fault(kind, **fault), count, lease)  # type: ignore[arg-type]


def openai_client(base: str, retries: int = 0) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        base_url=f"{base}/v1", api_key="made-up", max_retries=retries, timeout=20.0
    )


def anthropic_client(base: str, retries: int = 0) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        base_url=base, api_key="made-up", max_retries=retries, timeout=20.0
    )


async def say_openai(base: str, retries: int = 0, prompt: str = PROMPT) -> str:
    """The whole answer, streamed."""
    async with openai_client(base, retries) as client:
        chunks = await client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": prompt}], stream=True
        )
        return "".join([c.choices[0].delta.content or "" async for c in chunks])


async def say_anthropic(base: str, retries: int = 0, prompt: str = PROMPT) -> str:
    """The whole answer, streamed."""
    async with (
        anthropic_client(base, retries) as client,
        client.messages.stream(
            model="claude-haiku-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": prompt}],
        ) as stream,
    ):
        return "".join([text async for text in stream.text_stream])


async def say(one: ProviderStub, provider: ProviderName, retries: int = 0) -> str:
    base = one.addresses[provider]
    return await (say_openai if provider == "openai" else say_anthropic)(base, retries)


def latest(one: ProviderStub) -> Entry:
    return list(one.journal.entries())[-1]


async def control(one: ProviderStub, method: str, path: str, json: object = None) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, f"{one.url}/__golive{path}", json=json)
