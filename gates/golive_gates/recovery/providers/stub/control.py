"""The stub's own API, below ``/__golive``: scenarios, journal, answers.

``GET /__golive`` addresses · ``GET|POST|DELETE /__golive/scenario`` · ``GET|DELETE
/__golive/journal`` (``?since=NUMBER&marker=TEXT``) · ``GET /__golive/answers`` (``?prompt=TEXT``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from golive_gates.recovery.providers.stub.board import Board
from golive_gates.recovery.providers.stub.connection import Request
from golive_gates.recovery.providers.stub.faults import (
    BadScenario,
    Scenario,
    read_scenario,
    write_scenario,
)
from golive_gates.recovery.providers.stub.journal import Journal
from golive_gates.recovery.providers.stub.script import Script
from golive_gates.recovery.providers.wire.dialect import PROVIDERS, ProviderName

ROOT = "/__golive"
VERSION = 1
"""Of this API; it changes when a client of it would break."""


class Stub(Protocol):
    """What the control API acts on."""

    board: Board
    journal: Journal
    script: Script

    @property
    def addresses(self) -> Mapping[ProviderName, str]:
        """Base address of each provider."""

    async def apply(self) -> None:
        """Make the listeners agree with the board. Raises ``OSError``."""


class Control:
    """Answers requests below ``ROOT`` with a status and an object."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub

    async def answer(self, request: Request) -> tuple[int, object]:
        """The answer to *request*."""
        parts = urlsplit(request.target)
        query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
        route = f"{request.method} {parts.path.removeprefix(ROOT)}"
        try:
            if route == "POST /scenario":
                return await self._put(request.body)
            if route == "DELETE /scenario":
                return await self._clear(query.get("provider"))
            return self._look(route, query)
        except BadScenario as error:
            return 422, {"detail": str(error)}
        except OSError as error:
            return 500, {"detail": f"a listener cannot be opened again: {error.strerror or error}"}

    def _look(self, route: str, query: Mapping[str, str]) -> tuple[int, object]:
        script = self._stub.script
        match route:
            case "GET ":
                return 200, self._about()
            case "GET /scenario":
                return 200, self._standing()
            case "GET /journal":
                return 200, self._journal(query)
            case "DELETE /journal":
                return 200, {"cleared": self._stub.journal.clear()}
            case "GET /answers":
                return 200, {p: script.answer(p, query.get("prompt", "")) for p in PROVIDERS}
        return 404, {"detail": f"nothing at {route}"}

    def _about(self) -> object:
        return {
            "golive_provider_stub": VERSION,
            "providers": dict(self._stub.addresses),
            "pace": {
                "first_token": self._stub.script.pace.first_token,
                "gap": self._stub.script.pace.gap,
            },
            **self._standing(),
        }

    def _standing(self) -> dict[str, object]:
        return {"scenarios": [write_scenario(s) for s in self._stub.board.standing()]}

    async def _put(self, body: bytes) -> tuple[int, object]:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            raise BadScenario("the body is not JSON") from None
        several = value if isinstance(value, list) else [value]
        scenarios: list[Scenario] = [read_scenario(one) for one in several]
        if len({s.provider for s in scenarios}) < len(scenarios):
            raise BadScenario("one scenario a provider")
        for scenario in scenarios:
            self._stub.board.put(scenario)
        await self._stub.apply()
        return 201, self._standing()

    async def _clear(self, named: str | None) -> tuple[int, object]:
        provider = next((p for p in PROVIDERS if p == named), None)
        if named is not None and provider is None:
            msg = f"provider is one of {', '.join(PROVIDERS)}"
            raise BadScenario(msg)
        count = self._stub.board.clear(provider)
        await self._stub.apply()
        return 200, {"rolled_back": count, **self._standing()}

    def _journal(self, query: Mapping[str, str]) -> object:
        since = query.get("since", "0")
        if not (since.isascii() and since.isdecimal()):
            raise BadScenario("since is a number of the journal")
        journal = self._stub.journal
        entries = journal.entries(int(since), query.get("marker", ""))
        return {
            "last": journal.last,
            "lost": journal.lost,
            "entries": [entry.public() for entry in entries],
        }
