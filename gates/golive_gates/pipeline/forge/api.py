"""GitHub's REST API, read and never written. I/O.

Endpoints and fields as of GitHub's REST API reference, version 2022-11-28.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from golive.probe.exchange import Exchange, FailureKind
from golive.probe.http import HttpProbe
from golive.sanitize import clean

SECONDS = 10.0
"""For one request."""
PER_PAGE = 100
MOST_PAGES = 5
"""Of one list: 500 entries."""
VERSION = "2022-11-28"

_FAILED = {
    FailureKind.DNS: "gh-unreachable",
    FailureKind.REFUSED: "gh-unreachable",
    FailureKind.UNREACHABLE: "gh-unreachable",
    FailureKind.RESET: "gh-unreachable",
    FailureKind.TLS: "gh-tls",
    FailureKind.TOO_LARGE: "gh-shape",
    FailureKind.PROTOCOL: "gh-shape",
}


class Trouble(Exception):
    """No answer to judge by; *code* is a reason code of the gate."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = clean(detail, 200) or "-"


class Missing(Trouble):
    """404: it is not there, or the token may not know. *message*: GitHub's own."""

    def __init__(self, message: str) -> None:
        super().__init__("gh-not-found", message)
        self.message = message


@dataclass(slots=True)
class GitHubApi:
    """One repository at GitHub. ``log``: what was asked and answered, for the evidence.

    ``get`` and ``pages`` raise ``Trouble``; what the budget raises goes through.
    """

    probe: HttpProbe
    base: str
    token: str
    log: list[Mapping[str, object]] = field(default_factory=list)

    async def get(self, path: str) -> object:
        """The JSON at *path* (``/repos/...``). Raises ``Missing`` for 404."""
        exchange = await self.probe.call(
            "GET",
            f"{self.base.rstrip('/')}{path}",
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": VERSION,
            },
            timeout=SECONDS,
        )
        said = _message(exchange)
        self.log.append({"get": path, "status": exchange.status, "message": said})
        _refuse(exchange, said)
        try:
            return exchange.json()
        except ValueError as error:
            raise Trouble("gh-shape", str(error)) from None

    async def pages(self, path: str, key: str = "") -> list[object]:
        """Every entry of the list at *path*, or below *key* of the mapping there."""
        found: list[object] = []
        mark = "&" if "?" in path else "?"
        for page in range(1, MOST_PAGES + 1):
            data = await self.get(f"{path}{mark}per_page={PER_PAGE}&page={page}")
            part = data.get(key) if key and isinstance(data, Mapping) else data
            if not isinstance(part, list):
                raise Trouble("gh-shape", path)
            found += part
            if len(part) < PER_PAGE:
                return found
        raise Trouble("gh-too-many", f"{path}: > {PER_PAGE * MOST_PAGES}")


def _refuse(exchange: Exchange, said: str) -> None:
    """Raise ``Trouble`` for anything but a complete 200."""
    failure = exchange.failure
    if failure is not None:
        code = "gh-timeout" if failure.kind.is_timeout else _FAILED.get(failure.kind, "gh-status")
        raise Trouble(code, failure.detail)
    status = exchange.status
    if status == 200:
        return
    if status == 404:
        raise Missing(said)
    if status in (403, 429) and _limited(exchange, said):
        raise Trouble("gh-rate-limit", _until(exchange))
    if status == 401:
        raise Trouble("gh-token", said)
    if status == 403:
        sso = exchange.header("x-github-sso") is not None
        raise Trouble("gh-forbidden", f"{said} (SSO)" if sso else said)
    if status is not None and 300 <= status < 400:
        raise Trouble("gh-redirect", exchange.header("location") or "-")
    raise Trouble("gh-status", f"HTTP {status} {said}")


def _limited(exchange: Exchange, said: str) -> bool:
    """Whether a limit is used up; the secondary one has no header but ``Retry-After``."""
    return (
        exchange.status == 429
        or exchange.header("x-ratelimit-remaining") == "0"
        or exchange.header("retry-after") is not None
        or "rate limit" in said.lower()
    )


def _until(exchange: Exchange) -> str:
    reset = exchange.header("x-ratelimit-reset") or ""
    if reset.isdecimal() and len(reset) < 12:
        return datetime.fromtimestamp(int(reset), UTC).strftime("%Y-%m-%d %H:%M UTC")
    after = exchange.header("retry-after") or ""
    return f"{after} s" if after.isdecimal() else "-"


def _message(exchange: Exchange) -> str:
    try:
        data = exchange.json() if exchange.status != 200 else None
    except ValueError:
        return clean(exchange.text()[:80], 80)
    said = data.get("message") if isinstance(data, Mapping) else None
    return clean(said, 160) if isinstance(said, str) else ""
