"""The API of one Alertmanager (v2): post an alert, find it again, end it. I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from golive.probe.exchange import Exchange, FailureKind
from golive.probe.http import HttpProbe
from golive.sanitize import clean

SECONDS = 5.0
"""For one request; its end has to fit the grace that a run gives to what it interrupts."""

_KINDS = {
    FailureKind.TLS: "am-tls",
    FailureKind.TOO_LARGE: "am-too-large",
    FailureKind.PROTOCOL: "am-protocol",
}
_FAILED = re.compile(
    r'^alertmanager_notification_requests_failed_total\{[^}]*integration="([^"]+)"[^}]*\}'
    r" ([0-9.e+]+)$",
    re.MULTILINE,
)


class Trouble(Exception):
    """An answer that is none; *code* is a reason code of the gate."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = clean(detail, 200) or "-"


@dataclass(frozen=True, slots=True)
class Listed:
    """One alert as Alertmanager lists it."""

    receivers: tuple[str, ...]
    state: str
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]


class Alertmanager:
    """One Alertmanager. *spend* is called before each request; what it raises goes through.

    Every method but ``failed`` raises ``Trouble``. ``now``: Alertmanager's own time, as its last
    answer told it, so that no alert begins or ends in its future.
    """

    def __init__(
        self, probe: HttpProbe, url: str, headers: Mapping[str, str], spend: Callable[[], None]
    ) -> None:
        self.now: datetime | None = None
        self.log: list[Mapping[str, object]] = []
        self._probe = probe
        self._url = url.rstrip("/")
        self._headers = headers
        self._spend = spend

    def reserve(self) -> None:
        """Account for one request that is sent later, come what may."""
        self._spend()

    async def version(self) -> str:
        """Version of the Alertmanager; ``Trouble`` where what answers is none."""
        info = _mapping(await self._get("/api/v2/status")).get("versionInfo")
        if not isinstance(info, Mapping):
            raise Trouble("am-shape", "status")
        found = info.get("version")
        return clean(found) if isinstance(found, str) else ""

    async def post(
        self,
        labels: Mapping[str, str],
        annotations: Mapping[str, str],
        begin: datetime,
        end: datetime,
        *,
        spent: bool = False,
    ) -> None:
        """Post one alert. *spent*: its request was reserved."""
        alert = {
            "labels": dict(labels),
            "annotations": dict(annotations),
            "startsAt": _stamp(begin),
            "endsAt": _stamp(end),
        }
        if not spent:
            self._spend()
        await self._send("POST", "/api/v2/alerts", [alert])

    async def listed(self, label: str, value: str) -> Listed | None:
        """The alert whose *label* is *value*, unless none is listed."""
        found = await self._get(f"/api/v2/alerts?filter={label}%3D%22{value}%22")
        if not isinstance(found, list):
            raise Trouble("am-shape", "alerts")
        for item in found:
            labels = item.get("labels") if isinstance(item, Mapping) else None
            if not isinstance(labels, Mapping) or labels.get(label) != value:
                continue
            status = _mapping(item.get("status"))
            return Listed(
                tuple(
                    clean(str(r.get("name")))
                    for r in _sequence(item.get("receivers"))
                    if isinstance(r, Mapping)
                ),
                clean(str(status.get("state", ""))),
                _names(status.get("silencedBy")),
                _names(status.get("inhibitedBy")),
            )
        return None

    async def failed(self) -> dict[str, int]:
        """Notifications that failed so far, by integration; nothing where it does not tell."""
        try:
            exchange = await self._asked("/metrics")
        except Trouble:
            return {}
        found: dict[str, int] = {}
        for name, count in _FAILED.findall(exchange.text()):
            found[name] = found.get(name, 0) + int(float(count))
        return found

    async def _get(self, path: str) -> object:
        exchange = await self._asked(path)
        try:
            return exchange.json()
        except ValueError:
            raise Trouble("am-not-json", exchange.text()[:80]) from None

    async def _asked(self, path: str) -> Exchange:
        self._spend()
        return await self._send("GET", path)

    async def _send(self, method: str, path: str, body: object = None) -> Exchange:
        exchange = await self._probe.call(
            method, f"{self._url}{path}", json=body, headers=self._headers, timeout=SECONDS
        )
        told = {"method": method, "path": path, "status": exchange.status, "body": body}
        # Its configuration and its metrics may hold what is nobody's business.
        told["answer"] = exchange.text()[:2_000] if "/alerts" in path else ""
        self.log.append(told)
        if exchange.failure is not None:
            kind = exchange.failure.kind
            default = "am-timeout" if kind.is_timeout else "am-unreachable"
            raise Trouble(_KINDS.get(kind, default), exchange.failure.detail)
        if exchange.status in (401, 403):
            raise Trouble("am-auth", str(exchange.status))
        if exchange.status is not None and 300 <= exchange.status < 400:
            raise Trouble("am-redirect", exchange.header("location") or str(exchange.status))
        if not exchange.ok:
            raise Trouble("am-status", f"{exchange.status} {exchange.text()[:120]}")
        self.now = _date(exchange.header("date")) or self.now
        return exchange


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _names(value: object) -> tuple[str, ...]:
    return tuple(clean(v) for v in _sequence(value) if isinstance(v, str))
