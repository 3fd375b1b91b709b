"""Anthropic messages, after the public API reference.

A stream is named events: ``message_start``, ``content_block_start``, ``ping``, then
``content_block_delta`` for each piece, ``content_block_stop``, ``message_delta`` with the reason
and the usage, ``message_stop``.
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
    text_of,
)
from golive_gates.recovery.providers.wire.dialect import ProviderName, Told, compact

_ROLES = frozenset({"user", "assistant"})
_MODELS = (("claude-haiku-4-5", "Claude Haiku 4.5"), ("claude-sonnet-4-5", "Claude Sonnet 4.5"))
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class Anthropic:
    """Messages; the SDK's base URL is the provider's address."""

    name: ProviderName = "anthropic"
    ask_path = "/v1/messages"

    def read(self, headers: Mapping[str, str], body: bytes) -> Ask:
        """See Dialect."""
        asked = read_object(body)
        if not headers.get("anthropic-version"):
            raise Rejected(400, "anthropic-version: header is required")
        limit = asked.get("max_tokens")
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise Rejected(400, "max_tokens: Field required", "max_tokens")
        system = text_of(asked.get("system"), "system")
        prompt = prompt_of(asked, _ROLES)
        text = f"{system}\n{prompt}" if system else prompt
        return Ask(model_of(asked), text, flag(asked, "stream"))

    def authorised(self, headers: Mapping[str, str]) -> bool:
        """See Dialect."""
        # A key in its own header, or a token as other providers take it.
        bearer = headers.get("authorization", "").partition(" ")[2]
        return bool(headers.get("x-api-key", "").strip() or bearer.strip())

    def headers(self, told: Told) -> Sequence[tuple[str, str]]:
        """See Dialect."""
        return (
            ("request-id", told.request),
            ("anthropic-organization-id", "00000000-0000-4000-8000-000000000000"),
        )

    def whole(self, ask: Ask, told: Told, text: str, tokens: int) -> object:
        """See Dialect."""
        return _message(ask, told, [{"type": "text", "text": text}], "end_turn", tokens)

    def opening(self, ask: Ask, told: Told) -> list[bytes]:
        """See Dialect."""
        block = {"type": "text", "text": ""}
        return [
            _frame("message_start", message=_message(ask, told, [], None, 1)),
            _frame("content_block_start", index=0, content_block=block),
            _frame("ping"),
        ]

    def content(self, ask: Ask, told: Told, piece: str) -> bytes:  # noqa: ARG002
        """See Dialect."""
        change = {"type": "text_delta", "text": piece}
        return _frame("content_block_delta", index=0, delta=change)

    def closing(self, ask: Ask, told: Told, tokens: int) -> list[bytes]:  # noqa: ARG002
        """See Dialect."""
        change = {"stop_reason": "end_turn", "stop_sequence": None}
        return [
            _frame("content_block_stop", index=0),
            _frame("message_delta", delta=change, usage={"output_tokens": tokens}),
            _frame("message_stop"),
        ]

    def error(self, status: int, message: str, told: Told, param: str | None = None) -> object:  # noqa: ARG002
        """See Dialect."""
        fallback = "api_error" if status >= 500 else "invalid_request_error"
        error = {"type": _TYPES.get(status, fallback), "message": message}
        return {"type": "error", "error": error, "request_id": told.request}

    def stream_error(self, told: Told) -> bytes:
        """See Dialect."""
        body = compact(self.error(529, "Overloaded", told))
        return f"event: error\ndata: {body}\n\n".encode()

    def malformed(self) -> bytes:
        """See Dialect."""
        return b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"te\n\n'

    def models(self) -> object:
        """See Dialect."""
        data = [
            {"type": "model", "id": i, "display_name": n, "created_at": "2025-10-01T00:00:00Z"}
            for i, n in _MODELS
        ]
        ids = [i for i, _ in _MODELS]
        return {"data": data, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}


def _message(
    ask: Ask, told: Told, content: list[dict[str, str]], stop: str | None, tokens: int
) -> dict[str, object]:
    usage = {
        "input_tokens": ask.prompt_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": tokens,
        "service_tier": "standard",
    }
    return {
        "id": f"msg_{told.reply}",
        "type": "message",
        "role": "assistant",
        "model": ask.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }


def _frame(event: str, **fields: object) -> bytes:
    return f"event: {event}\ndata: {compact({'type': event, **fields})}\n\n".encode()
