"""GET requests to the API server, each counted and bounded. I/O; nothing is ever written."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from golive.api import RunContext
from golive.sanitize import clean
from golive_gates.manifests.live.access import Access
from golive_gates.manifests.live.parts import Call
from golive_gates.manifests.live.resources import DRIFT, Resource

SECONDS = 15.0
"""For one request, its answer included."""

PAGE = 500
MOST_PAGES = 8
"""Of one list, an expired one begun anew included."""

MOST_BYTES = 64 * 1024 * 1024
"""Of one answer."""

GIVE_UP = frozenset({"unreachable", "timed-out", "tls"})
"""After three of these nothing further is sent."""

_BY_STATUS = {401: "unauthorised", 403: "forbidden", 404: "absent", 410: "gone"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``data`` is an empty mapping unless ``outcome`` is ``ok``."""

    outcome: str
    status: int | None = None
    detail: str = ""
    data: Mapping[str, Any] | None = None


class Api:
    """One cluster, read within one run's budget. ``calls``: what was asked, in order."""

    def __init__(self, access: Access, ctx: RunContext) -> None:
        self.access = access
        self.calls: list[Call] = []
        self._ctx = ctx
        self._lost = 0
        self._stop = threading.Event()

    def close(self) -> None:
        """Let a request that is under way end at its next block of bytes."""
        self._stop.set()
        self.access.client.close()

    def report(self, done: int, total: int) -> None:
        """Tell how many of the kinds are listed."""
        self._ctx.report("live", done, total)

    async def get(self, path: str, query: Iterable[tuple[str, str]] = ()) -> Answer:
        """One GET. Raises ``BudgetExhausted``; all other trouble is in the answer."""
        if self._lost >= 3:
            return Answer("unreachable", detail="given up after three requests without an answer")
        left = self._ctx.seconds_left()
        seconds = SECONDS if left is None else min(SECONDS, left)
        if seconds <= 0.0:
            return Answer("timed-out", detail="no time is left for this gate")
        self._ctx.budget.spend()
        url = f"{self.access.host}{path}"
        self._ctx.note_sent("GET", url)
        text = urlencode(tuple(query))
        found = await asyncio.to_thread(self._exchange, f"{url}?{text}" if text else url, seconds)
        self._lost = self._lost + 1 if found.outcome in GIVE_UP else 0
        return replace(found, detail=self._masked(found.detail))

    def note(
        self, answer: Answer, resource: Resource, checks: tuple[str, ...], name: str = ""
    ) -> Answer:
        """Put a single request for *resource* on the list of calls."""
        shown = f"{resource.name}/{name}" if name else resource.name
        self.calls.append(
            Call(resource.verb, shown, checks, answer.outcome, answer.status, answer.detail)
        )
        return answer

    async def objects(
        self, resource: Resource, namespace: str, checks: tuple[str, ...]
    ) -> tuple[Mapping[str, Any], ...] | None:
        """All objects of *resource*; ``None`` unless every page came. Noted in ``calls``."""
        path = resource.path(namespace)
        items: list[Mapping[str, Any]] = []
        token = ""
        anew = False
        for page in range(1, MOST_PAGES + 1):
            answer = await self.get(path, _query(resource, token))
            if answer.outcome == "gone" and token and not anew:
                # The list is older than the server remembers: once more, from the beginning.
                items, token, anew = [], "", True
                continue
            if answer.outcome == "absent" and (resource.optional or set(checks) == {DRIFT}):
                # Nothing of a kind that the cluster does not know can be there.
                self._note(resource, checks, answer, "not-installed", page, 0)
                return ()
            found = _items(answer)
            if found is None:
                outcome = answer.outcome if answer.outcome != "ok" else "not-json"
                self._note(resource, checks, answer, outcome, page, 0)
                return None
            items += found
            token = _token(answer)
            if not token:
                self._note(resource, checks, answer, "ok", page, len(items))
                return tuple(items)
        self._note(resource, checks, Answer("too-many"), "too-many", MOST_PAGES, len(items))
        return None

    def _masked(self, detail: str) -> str:
        """*detail* without our own credential, should a server send it back."""
        for value in _credentials(self.access.client).values() if detail else ():
            for part in value.split():
                detail = detail.replace(part, "***") if len(part) > 8 else detail
        return detail

    def _note(
        self,
        resource: Resource,
        checks: tuple[str, ...],
        answer: Answer,
        outcome: str,
        requests: int,
        items: int,
    ) -> None:
        self.calls.append(
            Call(
                *(resource.verb, resource.name, checks, outcome),
                *(answer.status, answer.detail, requests, items),
            )
        )

    def _exchange(self, url: str, seconds: float) -> Answer:
        """Send and read, on a thread of its own."""
        import urllib3  # comes with the official client, and is loaded with it

        end = time.monotonic() + seconds
        client = self.access.client
        headers = {**dict(self._ctx.headers), "Accept": "application/json", **_credentials(client)}
        try:
            response = client.rest_client.pool_manager.request(
                "GET",
                url,
                headers=headers,
                timeout=urllib3.Timeout(connect=min(5.0, seconds), read=seconds),
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except Exception as error:  # noqa: BLE001 - urllib3's tree, ssl's and the loader's hooks
            return _trouble(error)
        try:
            return self._read(response, end)
        except Exception as error:  # noqa: BLE001 - as above
            return _trouble(error)
        finally:
            response.close()

    def _read(self, response: Any, end: float) -> Answer:  # noqa: ANN401 - urllib3's response
        blocks: list[bytes] = []
        size = 0
        for block in response.stream(65_536):
            blocks.append(block)
            size += len(block)
            if size > MOST_BYTES:
                return Answer("too-large", response.status, f"more than {MOST_BYTES} bytes")
            if time.monotonic() > end or self._stop.is_set():
                return Answer("timed-out", response.status, "the answer did not end in time")
        return _answer(response.status, b"".join(blocks))


def _answer(status: int, body: bytes) -> Answer:
    try:
        data = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        data = None
    said = clean(str(data.get("message", ""))) if isinstance(data, Mapping) else ""
    if status in _BY_STATUS and isinstance(data, Mapping):
        return Answer(_BY_STATUS[status], status, said)
    if status in (401, 403):
        # A proxy before the API server answers in its own words.
        return Answer(_BY_STATUS[status], status, clean(body[:200].decode("utf-8", "replace")))
    if not isinstance(data, Mapping):
        return Answer("not-json", status, clean(body[:120].decode("utf-8", "replace")))
    if status != 200:
        return Answer("server-error", status, said)
    return Answer("ok", status, "", data)


def _no_number(text: str) -> float:
    msg = f"{text} is no JSON"
    raise ValueError(msg)


def _credentials(client: Any) -> dict[str, str]:  # noqa: ANN401 - the official ApiClient
    """Authorisation headers, refreshed by the client where they expire."""
    found = client.configuration.auth_settings().values()
    return {str(a["key"]): str(a["value"]) for a in found if a["in"] == "header" and a["value"]}


def _trouble(error: Exception) -> Answer:
    """Kind of a failure, by what is at the bottom of it."""
    import ssl

    import urllib3

    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and len(chain) < 8:
        chain.append(at)
        reason = getattr(at, "reason", None)
        at = reason if isinstance(reason, BaseException) else at.__cause__ or at.__context__
    detail = clean(f"{type(error).__name__}: {error}", 200)
    if any(isinstance(e, ssl.SSLError | urllib3.exceptions.SSLError) for e in chain):
        return Answer("tls", detail=detail)
    if any(isinstance(e, urllib3.exceptions.NewConnectionError) for e in chain):
        return Answer("unreachable", detail=detail)
    if any(isinstance(e, TimeoutError | urllib3.exceptions.TimeoutError) for e in chain):
        return Answer("timed-out", detail=detail)
    return Answer("unreachable", detail=detail)


def _query(resource: Resource, token: str) -> tuple[tuple[str, str], ...]:
    given = (
        ("limit", str(PAGE)),
        ("fieldSelector", resource.fields),
        ("continue", token),
    )
    return tuple((key, value) for key, value in given if value)


def _items(answer: Answer) -> list[Mapping[str, Any]] | None:
    found = answer.data.get("items") if answer.data is not None else None
    if answer.data is not None and found is None and str(answer.data.get("kind")).endswith("List"):
        return []  # Some servers write an empty list as null.
    if not isinstance(found, list):
        return None
    return [i for i in found if isinstance(i, Mapping)]


def _token(answer: Answer) -> str:
    metadata = answer.data.get("metadata") if answer.data is not None else None
    found = metadata.get("continue") if isinstance(metadata, Mapping) else None
    return found if isinstance(found, str) else ""
