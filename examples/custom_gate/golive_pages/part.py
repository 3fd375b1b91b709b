"""What the observer saw: frozen, JSON-able, and nothing but facts."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef


@dataclass(frozen=True, slots=True)
class StatusPage:
    """One answer of the status page.

    ``service``: the name that the page has to say. ``status``: ``None`` when nothing answered;
    ``failure`` then says why. ``text``: the body as far as it was read; ``cut``: there was more.
    ``cache_control``: the header as sent, ``""`` without one.
    """

    url: str
    service: str
    status: int | None
    failure: str = ""
    text: str = ""
    cut: bool = False
    cache_control: str = ""
    evidence: tuple[EvidenceRef, ...] = ()
