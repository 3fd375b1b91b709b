"""The official SDKs behind one small interface: a prompt in, pieces of text out.

`max_retries=0`: the SDKs' own back-off of up to 8 s would eat the time to first content that
the fallback is there to save. Both clients report a truncated stream as a clean end, so each
adapter insists on the provider's own closing signal.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

import anthropic
import openai

from golive_demo.answers import MAX_SILENCE_S
from golive_demo.broken_packets import client_of
from golive_demo.broken_recovery import SILENCE, SOUND, Defect

OUTCOMES = (
    "ok",
    "rate_limited",
    "unauthorized",
    "server_error",
    "timeout",
    "connection",
    "truncated",
    "stream_error",
    "rejected",
    "empty",
    "cancelled",
)
SYSTEM = "You write short film scripts in Korean."
# A bound of last resort: the writer bounds the wait for each piece, and far closer.
_TIMEOUT_S = MAX_SILENCE_S + 10.0


class ProviderError(Exception):
    """A provider did not answer well; `outcome` is one of OUTCOMES.

    `sign`: how it showed, finer than the outcome: `status-503`, `stream-error`, `truncate`, `cut`
    (the connection ended within the body), `malformed` (an event that is not JSON), `refuse`,
    `reset`, `silence`; the outcome itself where there is nothing finer to tell.
    """

    def __init__(self, outcome: str, detail: str, sign: str = "") -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.sign = sign or outcome


class Provider(Protocol):
    """A source of scripts."""

    name: str

    def stream(self, prompt: str) -> AsyncIterator[str]:
        """Yield non-empty pieces until the provider says it has finished. Raises ProviderError."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class OpenAIProvider:
    """OpenAI chat completions."""

    name = "openai"

    def __init__(
        self, base_url: str, api_key: str, defect: Defect = SOUND, model: str = "gpt-4o-mini"
    ) -> None:
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            max_retries=defect.sdk_retries,
            timeout=_TIMEOUT_S,
            # Declared of one httpx; clients of either work.
            http_client=client_of(decodes_packets=defect.decodes_packets),  # type: ignore[arg-type]
        )
        self._defect = defect
        self._model = model

    async def stream(self, prompt: str) -> AsyncIterator[str]:
        """See Provider.stream."""
        finished = False
        try:
            # As plain JSON: the SDK's models of a chunk cost more than all else in a stream.
            async with await self._client.post(
                "/chat/completions",
                cast_to=object,
                body={
                    "model": self._model,
                    "messages": [
                        {"role": "system", "content": SYSTEM},
                        {"role": "user", "content": prompt},
                    ],
                    "stream": True,
                    "stream_options": {"include_usage": True},
                },
                stream=True,
                stream_cls=openai.AsyncStream[object],
            ) as chunks:
                async for chunk in chunks:
                    for content, last in _choices(chunk):
                        finished = finished or last
                        if content:
                            yield content
        except Exception as error:
            raise _as_provider_error(error) from error
        if not (finished or self._defect.accepts_truncation):
            raise ProviderError("truncated", "the stream ended without a finish_reason", "truncate")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class AnthropicProvider:
    """Anthropic messages."""

    name = "anthropic"

    def __init__(
        self, base_url: str, api_key: str, defect: Defect = SOUND, model: str = "claude-haiku-4-5"
    ) -> None:
        self._client = anthropic.AsyncAnthropic(
            base_url=base_url,
            api_key=api_key,
            max_retries=defect.sdk_retries,
            timeout=_TIMEOUT_S,
        )
        self._defect = defect
        self._messages = self._client.messages
        self._model = model

    async def stream(self, prompt: str) -> AsyncIterator[str]:
        """See Provider.stream."""
        finished = False
        try:
            async with await self._messages.create(
                model=self._model,
                max_tokens=2048,
                system=SYSTEM,
                messages=[{"role": "user", "content": prompt}],
                stream=True,
            ) as events:
                async for event in events:
                    if event.type == "message_stop":
                        finished = True
                    elif event.type == "content_block_delta":
                        text = event.delta.text if event.delta.type == "text_delta" else ""
                        if text:
                            yield text
        except Exception as error:
            raise _as_provider_error(error) from error
        if not (finished or self._defect.accepts_truncation):
            raise ProviderError("truncated", "the stream ended without message_stop", "truncate")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _choices(chunk: object) -> Iterator[tuple[str, bool]]:
    """(content, whether it says that it is the last) of each choice; usage chunks have none."""
    choices = chunk.get("choices") if isinstance(chunk, dict) else None
    for choice in choices or ():
        content = choice["delta"].get("content")
        yield content if isinstance(content, str) else "", choice.get("finish_reason") is not None


def _as_provider_error(error: Exception) -> ProviderError:
    """What an SDK's error means. Time-outs come first: they are connection errors to the SDKs.

    The last line is not for the unexpected alone: in mid-stream the SDKs let their transport's
    errors through, and which transport that is depends on the SDK's version.
    """
    if isinstance(error, openai.APITimeoutError | anthropic.APITimeoutError):
        return ProviderError("timeout", str(error), SILENCE)
    if isinstance(error, openai.APIConnectionError | anthropic.APIConnectionError):
        return ProviderError("connection", str(error), _sign_of(error))
    if isinstance(error, openai.APIStatusError | anthropic.APIStatusError):
        return _of_status(error.status_code, error.message)
    if isinstance(error, openai.APIError | anthropic.APIError):
        return ProviderError("stream_error", error.message, "stream-error")
    return ProviderError("connection", f"{type(error).__name__}: {error}", _sign_of(error))


def _sign_of(error: BaseException) -> str:
    """How a connection failed, by the innermost cause; "" where that is nothing known."""
    sign, cause = "", error
    while True:
        match cause:
            case json.JSONDecodeError():
                sign = "malformed"
            case ConnectionRefusedError():
                sign = "refuse"
            case ConnectionResetError() | BrokenPipeError():
                sign = "reset"
            case _ if type(cause).__name__ == "RemoteProtocolError":  # of whichever transport
                sign = "cut"
        following = cause.__cause__ or cause.__context__
        if following is None:
            return sign
        cause = following


def _of_status(status: int, message: str) -> ProviderError:
    if status < 400:  # an error event in mid-stream arrives with the HTTP 200 of its stream
        return ProviderError("stream_error", message, "stream-error")
    # A model that is not there for this key (404) is the operator's trouble, not the caller's.
    named = {429: "rate_limited"} | dict.fromkeys((401, 403, 404), "unauthorized")
    outcome = named.get(status, "server_error" if status >= 500 else "rejected")
    return ProviderError(outcome, message, f"status-{status}")
