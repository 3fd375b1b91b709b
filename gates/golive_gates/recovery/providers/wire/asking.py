"""A request as every wire format understands it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

MAX_ROLES = 1000


class Rejected(ValueError):
    """The provider would refuse the request: a status, a sentence and the parameter meant."""

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked. ``prompt``: all text of all messages; token counts are words of it."""

    model: str
    prompt: str
    stream: bool
    include_usage: bool = False

    @property
    def prompt_tokens(self) -> int:
        """Words of the prompt, at least one."""
        return max(1, len(self.prompt.split()))


def read_object(body: bytes) -> Mapping[str, object]:
    """The JSON object that *body* is. Raises ``Rejected``."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Rejected(400, "We could not parse the JSON body of your request.") from None
    if not isinstance(value, dict):
        raise Rejected(400, "The JSON body of your request is not an object.")
    return value


def model_of(body: Mapping[str, object]) -> str:
    """The model that is asked for. Raises ``Rejected``."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Rejected(400, "you must provide a model parameter", "model")
    return model


def flag(body: Mapping[str, object], name: str) -> bool:
    """A boolean that is false when it is missing. Raises ``Rejected``."""
    value = body.get(name, False)
    if value is None:
        return False
    if not isinstance(value, bool):
        msg = f"{name}: Input should be a valid boolean"
        raise Rejected(400, msg, name)
    return value


def prompt_of(body: Mapping[str, object], roles: frozenset[str]) -> str:
    """The text of all messages, whose roles have to be among *roles*. Raises ``Rejected``."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Rejected(400, "messages: at least one message is required", "messages")
    if len(messages) > MAX_ROLES:
        raise Rejected(400, "messages: too many messages", "messages")
    texts: list[str] = []
    for number, message in enumerate(messages):
        place = f"messages.{number}"
        if not isinstance(message, dict):
            msg = f"{place}: Input should be an object"
            raise Rejected(400, msg, place)
        if message.get("role") not in roles:
            msg = f"{place}.role: Input should be one of {', '.join(sorted(roles))}"
            raise Rejected(400, msg, f"{place}.role")
        texts.append(text_of(message.get("content"), f"{place}.content"))
    return "\n".join(texts)


def text_of(content: object, place: str) -> str:
    """Text given as a string or as blocks; blocks of other kinds count for nothing.

    ``None`` is text for a message that only calls tools. Raises ``Rejected``.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        msg = f"{place}: Input should be a string or a list of blocks"
        raise Rejected(400, msg, place)
    texts = (block.get("text") for block in content if isinstance(block, dict))
    return "\n".join(text for text in texts if isinstance(text, str))
