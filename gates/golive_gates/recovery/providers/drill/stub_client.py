"""The drill's side of the stub's control API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from golive.api import VERSION as GOLIVE
from golive.api import Exchange, Grant, HttpProbe, RunContext
from golive_gates.recovery.providers.stub.control import ROOT, VERSION
from golive_gates.recovery.providers.stub.faults import Scenario, write_scenario

WITHIN = 5.0
ROLL_BACK_WITHIN = 1.5
ROLL_BACK_TRIES = 3


class StubTrouble(Exception):
    """The stub did not do what it was asked; the message says what happened."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that reached a provider. ``open``: it is still being answered."""

    number: int
    provider: str
    fault: str
    status: int
    told: int
    ended: str
    open: bool


class StubClient:
    """One running stub. Every request spends the run's budget, but those that roll back."""

    def __init__(self, ctx: RunContext, url: str, grant: Grant) -> None:
        self._ctx = ctx
        self._url = url.rstrip("/").removesuffix(ROOT)
        addresses = {grant.host.lower(): grant.address}
        self._probe = HttpProbe(
            version=GOLIVE,
            run_id=ctx.run_id,
            headers=dict(ctx.headers),
            on_send=ctx.note_sent,
            addresses=addresses,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._probe.aclose()

    async def check(self) -> None:
        """Raises ``StubTrouble`` unless a stub of this version answers."""
        about = await self._call("GET", "")
        found = about.get("golive_provider_stub")
        if found != VERSION:
            msg = f"no golive provider-stub of version {VERSION} answers at {self._url}"
            raise StubTrouble(msg)

    async def answers(self) -> Mapping[str, str]:
        """What each provider says to a prompt that no line of the script is for."""
        found = await self._call("GET", "/answers")
        return {str(name): str(text) for name, text in found.items()}

    async def put(self, *scenarios: Scenario) -> None:
        """Put *scenarios* in force."""
        await self._call("POST", "/scenario", [write_scenario(s) for s in scenarios])

    async def last(self) -> int:
        """Number of the latest entry of the journal."""
        found = await self._call("GET", f"/journal?since={1 << 40}")
        return _whole(found.get("last"))

    async def asked(self, since: int, marker: str = "") -> tuple[Asked, ...]:
        """What reached the providers after entry *since*."""
        found = await self._call("GET", f"/journal?since={since}&marker={quote(marker)}")
        entries = found.get("entries")
        if not isinstance(entries, list):
            raise StubTrouble("the journal has no entries")
        return tuple(_asked(one) for one in entries)

    async def roll_back(self) -> bool:
        """End every scenario, whatever the budget says; whether the stub confirmed it."""
        for _ in range(ROLL_BACK_TRIES):
            answer = await self._probe.call(
                "DELETE", f"{self._url}{ROOT}/scenario", timeout=ROLL_BACK_WITHIN
            )
            if answer.ok:
                return True
            await asyncio.sleep(0.05)
        return False

    async def _call(self, method: str, path: str, json: object = None) -> Mapping[str, object]:
        self._ctx.budget.spend()
        url = f"{self._url}{ROOT}{path}"
        answer = await self._probe.call(method, url, json=json, timeout=WITHIN)
        if not answer.ok:
            msg = f"{method} {url}: {_said(answer)}"
            raise StubTrouble(msg)
        try:
            value = answer.json()
        except ValueError as error:
            msg = f"{method} {url}: {error}"
            raise StubTrouble(msg) from None
        if not isinstance(value, dict):
            msg = f"{method} {url}: no object"
            raise StubTrouble(msg)
        return value


def _said(answer: Exchange) -> str:
    if answer.failure is not None:
        return str(answer.failure)
    return f"HTTP {answer.status} {answer.text()[:200]}"


def _asked(value: object) -> Asked:
    if not isinstance(value, dict):
        raise StubTrouble("an entry of the journal is no object")
    return Asked(
        number=_whole(value.get("number")),
        provider=str(value.get("provider")),
        fault=str(value.get("fault") or ""),
        status=_whole(value.get("status")),
        told=_whole(value.get("told")),
        ended=str(value.get("ended")),
        open=value.get("took") is None,
    )


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise StubTrouble("a number of the journal is none")
