"""What a wire format is to the stub: the same answer, said in one provider's way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from golive_gates.recovery.providers.wire.asking import Ask

ProviderName = Literal["openai", "anthropic"]
PROVIDERS: tuple[ProviderName, ...] = get_args(ProviderName)


@dataclass(frozen=True, slots=True)
class Told:
    """Whose answer it is: identities that the provider would have made up for it.

    ``created``: epoch seconds; ``reply``: id of the answer; ``request``: id of the request.
    """

    reply: str
    request: str
    created: int


class Dialect(Protocol):
    """One provider's wire format. Frames are whole server-sent events in bytes."""

    @property
    def name(self) -> ProviderName:
        """The provider."""

    @property
    def ask_path(self) -> str:
        """Path of the requests for an answer, below the provider's address."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Ask:
        """The request. *headers* have lower-case names. Raises ``Rejected``."""

    def authorised(self, headers: Mapping[str, str]) -> bool:
        """Whether a key came with the request; any key will do."""

    def headers(self, told: Told) -> Sequence[tuple[str, str]]:
        """Headers that the provider adds to every answer."""

    def whole(self, ask: Ask, told: Told, text: str, tokens: int) -> object:
        """The body of an answer that is not streamed."""

    def opening(self, ask: Ask, told: Told) -> list[bytes]:
        """Frames before the first content."""

    def content(self, ask: Ask, told: Told, piece: str) -> bytes:
        """One frame of content."""

    def closing(self, ask: Ask, told: Told, tokens: int) -> list[bytes]:
        """Frames after the last content."""

    def error(self, status: int, message: str, told: Told, param: str | None = None) -> object:
        """The body of an answer with *status*."""

    def stream_error(self, told: Told) -> bytes:
        """The frame that says, under HTTP 200, that no more will come."""

    def malformed(self) -> bytes:
        """A frame of content whose data is not JSON."""

    def models(self) -> object:
        """The body of the list of models."""


def compact(value: object) -> str:
    """*value* as JSON as providers write it: no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
