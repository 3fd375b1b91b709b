"""The two provider wire formats, as plain data: no I/O, no clock.

Shapes follow the public API references: OpenAI chat completions (unnamed `data:` chunks, then
`[DONE]`) and Anthropic messages (named events from `message_start` to `message_stop`).
A `Dialect` turns an answer into frames; the stub decides when each one is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

CREATED = 1_735_689_600  # a fixed epoch second, so that equal prompts give equal bytes

_OPENAI_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}
_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as both formats understand it; usage counts are words, not true tokens."""

    model: str
    prompt: str
    stream: bool
    include_usage: bool

    @property
    def prompt_tokens(self) -> int:
        """Words of the prompt."""
        return max(1, len(self.prompt.split()))


class BadRequestError(ValueError):
    """The request body is not one the provider would accept."""


class Dialect(Protocol):
    """One provider's way to say the same things."""

    name: str

    def whole(self, ask: Ask, text: str, tokens: int) -> Mapping[str, object]:
        """The answer to a request without `stream`."""
        ...

    def opening(self, ask: Ask) -> list[bytes]:
        """The frames before the first token."""
        ...

    def delta(self, ask: Ask, piece: str) -> bytes:
        """The frame of one token."""
        ...

    def closing(self, ask: Ask, tokens: int) -> list[bytes]:
        """The frames after the last token."""
        ...

    def stream_error(self) -> bytes:
        """The frame that reports an error under HTTP 200."""
        ...

    def error_body(self, status: int) -> Mapping[str, object]:
        """The JSON body of an HTTP error."""
        ...

    def credentials(self, headers: Mapping[str, str]) -> str:
        """The key of a request, empty when there is none."""
        ...


def read_ask(body: object) -> Ask:
    """Read the fields that both formats share. Raises BadRequestError."""
    if not isinstance(body, dict):
        raise BadRequestError("the body is not a JSON object")
    model, messages = body.get("model"), body.get("messages")
    if not isinstance(model, str) or not model:
        raise BadRequestError("model is required")
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("messages is required")
    prompts = [
        _text_of(m.get("content"))
        for m in messages
        if isinstance(m, dict) and m.get("role") == "user"
    ]
    if not prompts:
        raise BadRequestError("there is no user message")
    options = body.get("stream_options")
    usage = isinstance(options, dict) and options.get("include_usage") is True
    return Ask(model, prompts[-1], body.get("stream") is True, usage)


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [p.get("text") for p in content if isinstance(p, dict) and p.get("type") == "text"]
        return "".join(p for p in parts if isinstance(p, str))
    raise BadRequestError("content is neither text nor a list of parts")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key if scheme == "Bearer" else ""


class OpenAI:
    """Chat completions."""

    name = "openai"

    def whole(self, ask: Ask, text: str, tokens: int) -> Mapping[str, object]:
        """See Dialect."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "created": CREATED,
            "model": ask.model,
            "choices": [choice],
            "usage": self._usage(ask, tokens),
        }

    def opening(self, ask: Ask) -> list[bytes]:
        """See Dialect."""
        return [self._chunk(ask, {"role": "assistant", "content": "", "refusal": None})]

    def delta(self, ask: Ask, piece: str) -> bytes:
        """See Dialect."""
        return self._chunk(ask, {"content": piece})

    def closing(self, ask: Ask, tokens: int) -> list[bytes]:
        """See Dialect."""
        frames = [self._chunk(ask, {}, finish="stop")]
        if ask.include_usage:
            frames.append(
                self._frame({**self._head(ask), "choices": [], "usage": self._usage(ask, tokens)})
            )
        return [*frames, b"data: [DONE]\n\n"]

    def stream_error(self) -> bytes:
        """See Dialect."""
        return self._frame(self.error_body(500))

    def error_body(self, status: int) -> Mapping[str, object]:
        """See Dialect."""
        kind = "invalid_request_error" if status < 429 else "server_error"
        kind = "requests" if status == 429 else kind
        message = f"simulated error {status}"
        code = _OPENAI_CODES.get(status)
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}

    def credentials(self, headers: Mapping[str, str]) -> str:
        """See Dialect."""
        return _bearer(headers)

    def _chunk(self, ask: Ask, delta: Mapping[str, object], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage: dict[str, object] = {"usage": None} if ask.include_usage else {}
        return self._frame({**self._head(ask), "choices": [choice], **usage})

    def _head(self, ask: Ask) -> dict[str, object]:
        return {
            "id": "chatcmpl-stub",
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": ask.model,
            "system_fingerprint": "fp_stub",
        }

    def _usage(self, ask: Ask, tokens: int) -> dict[str, int]:
        total = ask.prompt_tokens + tokens
        return {
            "prompt_tokens": ask.prompt_tokens,
            "completion_tokens": tokens,
            "total_tokens": total,
        }

    def _frame(self, value: object) -> bytes:
        return f"data: {_compact(value)}\n\n".encode()


class Anthropic:
    """Messages."""

    name = "anthropic"

    def whole(self, ask: Ask, text: str, tokens: int) -> Mapping[str, object]:
        """See Dialect."""
        content = [{"type": "text", "text": text}]
        return self._message(ask, content, "end_turn", tokens)

    def opening(self, ask: Ask) -> list[bytes]:
        """See Dialect."""
        block = {"type": "text", "text": ""}
        return [
            self._frame("message_start", message=self._message(ask, [], None, 1)),
            self._frame("content_block_start", index=0, content_block=block),
            self._frame("ping"),
        ]

    def delta(self, ask: Ask, piece: str) -> bytes:  # noqa: ARG002 - only OpenAI repeats the model
        """See Dialect."""
        change = {"type": "text_delta", "text": piece}
        return self._frame("content_block_delta", index=0, delta=change)

    def closing(self, ask: Ask, tokens: int) -> list[bytes]:  # noqa: ARG002 - as in delta
        """See Dialect."""
        change = {"stop_reason": "end_turn", "stop_sequence": None}
        return [
            self._frame("content_block_stop", index=0),
            self._frame("message_delta", delta=change, usage={"output_tokens": tokens}),
            self._frame("message_stop"),
        ]

    def stream_error(self) -> bytes:
        """See Dialect."""
        return f"event: error\ndata: {_compact(self.error_body(529))}\n\n".encode()

    def error_body(self, status: int) -> Mapping[str, object]:
        """See Dialect."""
        kind = _ANTHROPIC_TYPES.get(status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": f"simulated error {status}"}}

    def credentials(self, headers: Mapping[str, str]) -> str:
        """See Dialect."""
        # The header changed between major versions of the SDK.
        return headers.get("x-api-key") or _bearer(headers)

    def _message(
        self, ask: Ask, content: list[dict[str, str]], stop: str | None, tokens: int
    ) -> dict[str, object]:
        return {
            "id": "msg_stub",
            "type": "message",
            "role": "assistant",
            "model": ask.model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": {"input_tokens": ask.prompt_tokens, "output_tokens": tokens},
        }

    def _frame(self, event: str, **fields: object) -> bytes:
        return f"event: {event}\ndata: {_compact({'type': event, **fields})}\n\n".encode()
