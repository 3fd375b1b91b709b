"""Settings of gate ``pages`` (``gates.pages`` in ``golive.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Duration


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the status page is and what is asked of it.

    ``url``: its address; empty means that none is configured, which never passes. ``timeout``:
    seconds for the whole answer. ``max_age``: seconds that a copy of the page may be kept.
    """

    url: str = ""
    timeout: Duration = 5.0
    max_age: Duration = 60.0

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith(("http://", "https://")):
            msg = f"url must begin with http:// or https://, not {self.url:.60}"
            raise ValueError(msg)
