"""A double of a generator: a small event stream with fallback, built with both official SDKs.

It stands in for a real service in tests of the drill. Each defect breaks one thing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, cast

import anthropic
import openai

from golive_gates.recovery.providers.labels import kind_of
from golive_gates.recovery.providers.stub.journal import OPEN
from golive_gates.recovery.providers.stub.serving import ProviderStub
from golive_gates.recovery.providers.wire.dialect import ProviderName
from tests.gates.slo.doubles import Answer, Got, TargetDouble, answer, target

Defect = Literal[
    "",
    "no-fallback",  # the first failure is the caller's
    "fallback-splices",  # goes on with the other provider in the middle of an answer
    "sdk-retries-eat-budget",  # the SDKs' own retries, two of them with back-off
    "never-returns",  # no time limit for the first piece
    "trusts-truncated",  # a stream that ends without its closing event is taken for whole
    "hides-outage",  # when both are down the answer is empty, under 200
    "passes-the-blame",  # a caller's mistake is tried at the other provider too
    "sticks",  # once it fell back, it never asks the primary again
    "asks-both",  # asks both at once and throws one answer away
    "wrong-order",  # asks the other provider first, whatever it is told
    "garbles",  # an answer is not what the provider said
]
NARROW = (openai.OpenAIError, anthropic.AnthropicError)
HELD_BACK = ("stall", "slow-first-token")
LONGEST = 120.0
"""Seconds that the SDKs themselves wait: more than any stall of a loaded machine."""


class Failed(Exception):
    """A provider did not answer well. ``status``: what it said, 0 for nothing.

    ``everywhere``: nor did any other, and nothing was sent.
    """

    def __init__(self, status: int = 0) -> None:
        super().__init__(str(status))
        self.status = status
        self.everywhere = False


@dataclass
class Generator:
    """``blame``: statuses that end a request; ``breaker``: failures that open the circuit.

    ``first_piece``: seconds that it waits for a piece that the provider holds back. How long a
    loaded machine takes over one that is on its way must not look like a provider's fault.
    """

    stub: ProviderStub
    defect: Defect = ""
    order: tuple[ProviderName, ProviderName] = ("openai", "anthropic")
    blame: tuple[int, ...] = (400,)
    first_piece: float = 1.5
    breaker: int = 0
    failures: int = 0
    skipped: int = 0
    stuck: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, got: Got) -> Answer:
        if got.path != "/generate":
            return answer(404)
        body = got.json
        prompt = str(body["description"])
        order = self.order[::-1] if body.get("reverse") else self.order
        if self.defect == "wrong-order":
            order = self.order[::-1]

        async def write(writer: asyncio.StreamWriter) -> None:
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            )
            try:
                async with aclosing(self.pieces(order, prompt)) as pieces:
                    async for piece in pieces:
                        writer.write(_event("content", {"delta": piece}))
                        await writer.drain()
                writer.write(_event("done", {}))
            except Failed as failed:
                hidden = self.defect == "hides-outage" and failed.everywhere
                name = "done" if hidden else "error"
                writer.write(_event(name, {"status": failed.status}))
            await writer.drain()
            writer.close()

        return write

    async def pieces(
        self, order: tuple[ProviderName, ...], prompt: str
    ) -> AsyncGenerator[str, None]:
        last = Failed()
        if self.defect == "asks-both":
            await asyncio.gather(*(self._drain(n, prompt) for n in order[1:]))
        for number, name in enumerate(order):
            if number == 0 and self._skips():
                continue
            began = False
            try:
                async with aclosing(self._bounded(name, prompt)) as pieces:
                    async for piece in pieces:
                        began = True
                        yield piece.upper() if self.defect == "garbles" else piece
            except Failed as failed:
                last = failed
            else:
                if began or self.defect == "trusts-truncated":
                    self.failures = 0 if number == 0 else self.failures
                    return
            self.failures += number == 0
            self.stuck = self.stuck or self.defect == "sticks"
            if last.status in self.blame and self.defect != "passes-the-blame":
                break
            last.everywhere = number > 0 and not began
            if (began and self.defect != "fallback-splices") or self.defect == "no-fallback":
                break
        raise last

    def _skips(self) -> bool:
        if self.breaker and self.failures >= self.breaker and self.skipped < 3:
            self.skipped += 1
            return True
        if self.skipped:
            self.failures = self.skipped = 0
        return self.stuck

    async def _drain(self, name: ProviderName, prompt: str) -> None:
        with contextlib.suppress(Exception):
            async with aclosing(self._stream(name, prompt)) as pieces:
                async for _ in pieces:
                    pass

    async def _bounded(self, name: ProviderName, prompt: str) -> AsyncGenerator[str, None]:
        """The pieces, each within its time. Raises ``Failed``."""
        stream = self._stream(name, prompt)
        try:
            while True:
                piece = await self._next(stream, name, prompt)
                if piece is None:
                    return
                yield piece
        except (openai.APIStatusError, anthropic.APIStatusError) as error:
            raise Failed(error.status_code) from None
        except Exception as error:
            if isinstance(error, Failed):
                raise
            raise Failed from error
        finally:
            await stream.aclose()

    async def _next(
        self, stream: AsyncGenerator[str, None], name: ProviderName, prompt: str
    ) -> str | None:
        """The next piece, ``None`` at the end. Raises ``Failed`` for one that is held back."""
        patient = self.defect in ("never-returns", "sdk-retries-eat-budget")
        coming = asyncio.ensure_future(anext(stream, None))
        try:
            while not coming.done():
                await asyncio.wait({coming}, timeout=self.first_piece)
                if not coming.done() and not patient and self._held_back(name, prompt):
                    raise Failed
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
        return coming.result()

    def _held_back(self, name: ProviderName, prompt: str) -> bool:
        """Whether the provider is silent on purpose."""
        own = [e for e in self.stub.journal.entries(marker=prompt) if e.provider == name]
        return bool(own) and own[-1].ended == OPEN and kind_of(own[-1].fault) in HELD_BACK

    async def _stream(self, name: ProviderName, prompt: str) -> AsyncGenerator[str, None]:
        """Pieces of one provider. Raises what its SDK raises, and ``Failed`` when cut short."""
        retries = 2 if self.defect == "sdk-retries-eat-budget" else 0
        pieces = (_openai if name == "openai" else _anthropic)(self.stub, prompt, retries)
        whole = False
        source = cast("AsyncGenerator[str | None, None]", pieces)
        async with aclosing(source):
            async for piece in source:
                if piece is None:
                    whole = True
                else:
                    yield piece
        if not whole and self.defect != "trusts-truncated":
            raise Failed


async def _openai(stub: ProviderStub, prompt: str, retries: int) -> AsyncIterator[str | None]:
    async with (
        openai.AsyncOpenAI(
            base_url=f"{stub.addresses['openai']}/v1",
            api_key="x",
            max_retries=retries,
            timeout=LONGEST,
        ) as client,
        await client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": prompt}], stream=True
        ) as chunks,
    ):
        async for chunk in chunks:
            for choice in chunk.choices:
                if choice.delta.content:
                    yield choice.delta.content
                if choice.finish_reason:
                    yield None


async def _anthropic(stub: ProviderStub, prompt: str, retries: int) -> AsyncIterator[str | None]:
    async with (
        anthropic.AsyncAnthropic(
            base_url=stub.addresses["anthropic"],
            api_key="x",
            max_retries=retries,
            timeout=LONGEST,
        ) as client,
        await client.messages.create(
            model="claude-haiku-4-5",
            max_tokens=900,
            messages=[{"role": "user", "content": prompt}],
            stream=True,
        ) as events,
    ):
        async for event in events:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield event.delta.text
            if event.type == "message_stop":
                yield None


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


@asynccontextmanager
async def generator(one: Generator) -> AsyncIterator[TargetDouble]:
    """The double on a free loopback port."""
    async with target(one) as double:
        yield double
