"""The list of every request that a gate sent: what, where, how often."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from golive.sanitize import clean

MOST_LINES = 1_000
"""Different requests kept of one gate; what is beyond is counted in one line."""

_OWN_OBJECT = re.compile(r"golive-[A-Za-z0-9._-]+")
_BEYOND = ("*", "(further requests)")


@dataclass(frozen=True, slots=True)
class SentRequests:
    """Requests of one kind. Names that golive made up read ``golive-*``; queries are left out."""

    method: str
    url: str
    count: int


class SentLog:
    """Counts requests as they leave; safe to use from several threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def note(self, method: str, url: str, count: int = 1) -> None:
        """*count* requests of this kind leave, or left."""
        if count < 1:
            return
        key = (clean(method, 20), _place(url))
        with self._lock:
            if key not in self._counts and len(self._counts) >= MOST_LINES:
                key = _BEYOND
            self._counts[key] += count

    @property
    def requests(self) -> tuple[SentRequests, ...]:
        """What was sent so far, ordered by URL and method."""
        with self._lock:
            ordered = sorted(self._counts.items(), key=lambda item: (item[0][1], item[0][0]))
        return tuple(SentRequests(method, url, count) for (method, url), count in ordered)


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return clean(url.partition("?")[0], 200)
    return clean(f"{parts.scheme}://{host}{_OWN_OBJECT.sub('golive-*', parts.path)}", 200)
