"""OpenAI chat completions, after the public API reference.

A stream is unnamed events: a chunk with the role, chunks of content, one with the finish reason,
with ``stream_options.include_usage`` one with the usage and no choices, then ``[DONE]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive_gates.recovery.providers.wire.asking import (
    Ask,
    Rejected,
    flag,
    model_of,
    prompt_of,
    read_object,
)
from golive_gates.recovery.providers.wire.dialect import ProviderName, Told, compact

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_MODELS = ("gpt-4o", "gpt-4o-mini")
# Type and code of the error object, by status.
_ERRORS: dict[int, tuple[str, str | None]] = {
    401: ("invalid_request_error", "invalid_api_key"),
    404: ("invalid_request_error", "model_not_found"),
    429: ("requests", "rate_limit_exceeded"),
}


class OpenAI:
    """Chat completions; the SDK's base URL is the provider's address and ``/v1``."""

    name: ProviderName = "openai"
    ask_path = "/v1/chat/completions"

    def read(self, headers: Mapping[str, str], body: bytes) -> Ask:  # noqa: ARG002
        """See Dialect."""
        asked = read_object(body)
        stream = flag(asked, "stream")
        options = asked.get("stream_options")
        if options is not None and not stream:
            message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
            raise Rejected(400, message, "stream_options")
        usage = isinstance(options, dict) and flag(options, "include_usage")
        return Ask(model_of(asked), prompt_of(asked, _ROLES), stream, usage)

    def authorised(self, headers: Mapping[str, str]) -> bool:
        """See Dialect."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and bool(key.strip())

    def headers(self, told: Told) -> Sequence[tuple[str, str]]:
        """See Dialect."""
        return (
            ("x-request-id", told.request),
            ("openai-version", "2020-10-01"),
            ("openai-processing-ms", "1"),
        )

    def whole(self, ask: Ask, told: Told, text: str, tokens: int) -> object:
        """See Dialect."""
        message: dict[str, object] = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        head = self._head(ask, told, "chat.completion")
        return {**head, "choices": [choice], "usage": _usage(ask, tokens)}

    def opening(self, ask: Ask, told: Told) -> list[bytes]:
        """See Dialect."""
        return [self._chunk(ask, told, {"role": "assistant", "content": "", "refusal": None})]

    def content(self, ask: Ask, told: Told, piece: str) -> bytes:
        """See Dialect."""
        return self._chunk(ask, told, {"content": piece})

    def closing(self, ask: Ask, told: Told, tokens: int) -> list[bytes]:
        """See Dialect."""
        frames = [self._chunk(ask, told, {}, "stop")]
        if ask.include_usage:
            head = self._head(ask, told, "chat.completion.chunk")
            frames.append(_frame({**head, "choices": [], "usage": _usage(ask, tokens)}))
        return [*frames, b"data: [DONE]\n\n"]

    def error(self, status: int, message: str, told: Told, param: str | None = None) -> object:  # noqa: ARG002
        """See Dialect."""
        fallback = "server_error" if status >= 500 else "invalid_request_error"
        kind, code = _ERRORS.get(status, (fallback, None))
        return {"error": {"message": message, "type": kind, "param": param, "code": code}}

    def stream_error(self, told: Told) -> bytes:
        """See Dialect."""
        message = "The server had an error while processing your request. Sorry about that!"
        return _frame(self.error(500, message, told))

    def malformed(self) -> bytes:
        """See Dialect."""
        return b'data: {"id":"chatcmpl-","choices":[{"index":0,"delta":{"content":"\n\n'

    def models(self) -> object:
        """See Dialect."""
        about = {"object": "model", "created": 1_715_367_049, "owned_by": "system"}
        return {"object": "list", "data": [{"id": name, **about} for name in _MODELS]}

    def _chunk(
        self, ask: Ask, told: Told, delta: Mapping[str, object], finish: str | None = None
    ) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage: dict[str, object] = {"usage": None} if ask.include_usage else {}
        head = self._head(ask, told, "chat.completion.chunk")
        return _frame({**head, "choices": [choice], **usage})

    def _head(self, ask: Ask, told: Told, kind: str) -> dict[str, object]:
        return {
            "id": f"chatcmpl-{told.reply}",
            "object": kind,
            "created": told.created,
            "model": ask.model,
            "service_tier": "default",
            "system_fingerprint": "fp_golivestub",
        }


def _usage(ask: Ask, tokens: int) -> dict[str, object]:
    return {
        "prompt_tokens": ask.prompt_tokens,
        "completion_tokens": tokens,
        "total_tokens": ask.prompt_tokens + tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _frame(value: object) -> bytes:
    return f"data: {compact(value)}\n\n".encode()
