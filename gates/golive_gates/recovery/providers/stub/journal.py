"""Every request that reached the stub, what it met and what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from golive_gates.recovery.providers.wire.dialect import ProviderName

CAPACITY = 10_000
MAX_MODEL = 200
"""Characters of a model's name that are kept."""
MAX_PROMPT = 64 << 10
"""Characters of a prompt that are searched for a marker; none of them is ever told."""

COMPLETE, FAULT, CLIENT_GONE, OPEN = "complete", "fault", "client-gone", "open"


@dataclass(slots=True)
class Entry:
    """One request. Times in seconds: ``at`` since the epoch, the others after it.

    ``fault``: label of the fault served, "" for none. ``told``: pieces of content sent, each
    counted as a token. ``ended``: how, see the constants. ``retry``: what the client's SDK said
    of its own retries (``x-stainless-retry-count``).
    """

    number: int
    at: float
    provider: ProviderName
    method: str
    path: str
    prompt: str = field(default="", repr=False)
    model: str = ""
    stream: bool = False
    status: int = 0
    fault: str = ""
    prompt_tokens: int = 0
    told: int = 0
    first_content: float | None = None
    took: float | None = None
    ended: str = OPEN
    retry: int | None = None
    request_id: str = ""

    def public(self) -> dict[str, object]:
        """The entry as JSON, without the prompt."""
        told = asdict(self)
        prompt = told.pop("prompt")
        return told | {"prompt_length": len(prompt)}


class Journal:
    """The last requests, oldest first. ``lost``: how many fell out."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._next = 1
        self.lost = 0

    def begin(self, at: float, provider: ProviderName, method: str, path: str) -> Entry:
        """A new entry, to be completed by who serves the request."""
        if len(self._entries) == self._entries.maxlen:
            self.lost += 1
        entry = Entry(self._next, at, provider, method, path)
        self._next += 1
        self._entries.append(entry)
        return entry

    def entries(self, since: int = 0, marker: str = "") -> Iterator[Entry]:
        """Those with a number above *since* whose prompt contains *marker*."""
        return (e for e in self._entries if e.number > since and marker in e.prompt)

    @property
    def last(self) -> int:
        """Number of the latest entry."""
        return self._next - 1

    def clear(self) -> int:
        """Forget all; how many there were. Numbers go on."""
        count = len(self._entries)
        self._entries.clear()
        return count
