"""Prometheus through prometheus-api-client, with what that client leaves open closed.

The client's queries are synchronous and unbounded, and drop warnings. Here each answer is read
under a cap of bytes and of time, redirects and environment proxies are off, nothing is retried,
and the raw answer is kept for its warnings and as evidence.
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golive.config.model import Prometheus

if TYPE_CHECKING:
    from prometheus_api_client import PrometheusConnect
    from requests import Response, Session

MAX_BYTES = 16 * 1024 * 1024
PIECE = 65_536
KEPT = 4_000
"""Characters of each raw answer that are kept as evidence."""


class Refused(Exception):
    """An answer that is none; *code* as in :class:`Trouble`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail[:200]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why *query* has no answer.

    ``code``: ``prom-`` and ``unreachable``, ``timeout``, ``status``, ``auth``, ``redirect``,
    ``tls``, ``not-json``, ``shape`` or ``too-large``; gates have a sentence for each.
    """

    query: str
    code: str
    detail: str = ""


@dataclass(slots=True)
class Asked:
    """One query and the beginning of what came back, for the evidence."""

    query: str
    answer: str = ""
    problem: str = ""


@dataclass(slots=True)
class _Exchange:
    """All that one query changes.

    The thread of a query that ran out of time lives on; it must not write into the next one.
    """

    asked: Asked
    client: PrometheusConnect | None
    deadline: float = math.inf
    warnings: list[str] = field(default_factory=list)
    late: bool = False


@dataclass(slots=True)
class PrometheusReader:
    """Asks one Prometheus, one query at a time. Close it after use.

    *spend* is called before each request; what it raises goes through to the caller. *base*:
    folder of the configuration, to which ``tls.ca`` is relative. ``warnings``: what Prometheus
    added to answers that it gave, a partial one included.
    """

    settings: Prometheus
    headers: Mapping[str, str]
    spend: Callable[[], None]
    base: Path = Path()
    most_bytes: int = MAX_BYTES
    asked: list[Asked] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _client: PrometheusConnect | None = None
    _here: threading.local = field(default_factory=threading.local)

    async def instant(self, query: str, at: float | None = None) -> tuple[object, Trouble | None]:
        """``data.result`` of an instant query, or why there is none. *at*: Unix time, else now."""
        params = None if at is None else {"time": f"{at:.3f}"}
        return await self._ask(query, lambda client: client.custom_query(query, params=params))

    async def over(
        self, query: str, start: float, end: float, step: float
    ) -> tuple[object, Trouble | None]:
        """``data.result`` of a range query (whole seconds), or why there is none."""
        first, last = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        return await self._ask(
            query, lambda client: client.custom_query_range(query, first, last, f"{step:g}")
        )

    async def targets(self) -> tuple[object, Trouble | None]:
        """``data`` of the targets that are scraped, dropped ones left out, or why there is none."""
        return await self._ask("/targets", lambda client: client.get_targets(state="active"))

    async def get(self, path: str, **params: str) -> tuple[object, Trouble | None]:
        """``data`` of ``GET /api/v1/<path>``, which the client does not know, or why not."""

        def call(client: PrometheusConnect) -> object:
            response = client._session.get(  # noqa: SLF001 - the session of ``_connect``
                f"{client.url}/api/v1/{path}",
                params=params,
                headers=client.headers,
                timeout=self.settings.timeout,
            )
            return response.json()["data"]

        shown = "&".join(f"{k}={v}" for k, v in params.items())
        return await self._ask(f"/{path}?{shown}" if shown else f"/{path}", call)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()

    async def _ask(
        self, query: str, call: Callable[[PrometheusConnect], object]
    ) -> tuple[object, Trouble | None]:
        self.spend()
        asked = Asked(query)
        self.asked.append(asked)
        exchange = _Exchange(asked, self._client)
        allowed = self.settings.timeout
        try:
            async with asyncio.timeout(allowed + 1):
                # The client blocks; the thread ends by itself at the same deadline.
                result = await asyncio.to_thread(self._blocking, exchange, call)
        except TimeoutError:
            # Its thread still holds the client: the next query gets one of its own.
            exchange.late = True
            self._client = None
            # And what it may yet write is not what the evidence shows.
            self.asked[-1] = Asked(query, asked.answer, "prom-timeout")
            return None, Trouble(query, "prom-timeout", f"{allowed:g} s")
        except Refused as refused:
            self._client = exchange.client
            asked.problem = refused.code
            return None, Trouble(query, refused.code, refused.detail)
        self._client = exchange.client
        self.warnings += exchange.warnings
        return result, None

    def _blocking(self, exchange: _Exchange, call: Callable[[PrometheusConnect], object]) -> object:
        # 0.2 s of import that only a run with Prometheus needs.
        import requests
        from prometheus_api_client.exceptions import PrometheusApiClientException
        from urllib3.exceptions import ReadTimeoutError

        exchange.deadline = time.monotonic() + self.settings.timeout
        self._here.exchange = exchange
        try:
            exchange.client = exchange.client or self._connect()
            return call(exchange.client)
        except requests.TooManyRedirects:
            raise Refused("prom-redirect") from None
        except requests.Timeout:
            raise Refused("prom-timeout", f"{self.settings.timeout:g} s") from None
        except requests.exceptions.SSLError as error:
            raise Refused("prom-tls", _cause(error)) from None
        except requests.exceptions.JSONDecodeError:
            raise Refused("prom-not-json", exchange.asked.answer[:80]) from None
        except requests.RequestException as error:
            # A body that stops coming is reported as a broken connection.
            stalled = isinstance(error.args[0] if error.args else None, ReadTimeoutError)
            code = "prom-timeout" if stalled else "prom-unreachable"
            raise Refused(code, _cause(error)) from None
        except PrometheusApiClientException as error:
            raise Refused("prom-status", str(error)) from None
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            # What the client's own unchecked indexing raises on an answer of another shape.
            raise Refused("prom-shape", type(error).__name__) from None
        except OSError as error:
            raise Refused("prom-unreachable", str(error)) from None
        finally:
            if exchange.late and exchange.client is not None:
                exchange.client.close()

    def _connect(self) -> PrometheusConnect:
        import requests
        from prometheus_api_client import PrometheusConnect
        from urllib3.util.retry import Retry

        session: Session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        session.stream = True
        ca = self.settings.tls.ca
        session.verify = str(self.base / ca) if ca else self.settings.tls.verify
        session.hooks["response"].append(self._read)
        return PrometheusConnect(
            url=self.settings.url.rstrip("/"),
            headers=dict(self.headers),
            session=session,
            # A retry would hide a flapping Prometheus, and its sleeps pass every deadline.
            retry=Retry(total=0, read=False),
            timeout=self.settings.timeout,
        )

    def _read(self, response: Response, **_: Any) -> Response:  # noqa: ANN401 - requests' hook
        """Read the body under both caps before the client would read it without any."""
        exchange: _Exchange = self._here.exchange
        body = bytearray()
        for piece in response.iter_content(PIECE):
            body += piece
            if len(body) > self.most_bytes:
                response.close()
                raise Refused("prom-too-large", f"{self.most_bytes} bytes")
            if time.monotonic() > exchange.deadline:
                response.close()
                raise Refused("prom-timeout", f"{self.settings.timeout:g} s")
        response._content = bytes(body)  # noqa: SLF001 - as requests itself fills it
        text = body.decode("utf-8", "replace")
        exchange.asked.answer = text[:KEPT]
        if response.is_redirect:
            raise Refused("prom-redirect")
        if response.status_code in (401, 403):
            raise Refused("prom-auth", str(response.status_code))
        if response.status_code != 200:
            raise Refused("prom-status", f"{response.status_code} {text[:80]}")
        exchange.warnings += _warnings(text)
        return response


def _warnings(text: str) -> list[str]:
    """Warnings of an answer that is a success; raises ``Refused`` for any other."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("prom-not-json", text[:80]) from None
    if not isinstance(answer, Mapping):
        raise Refused("prom-shape", type(answer).__name__)
    if answer.get("status") != "success":
        raise Refused("prom-status", str(answer.get("error", answer.get("status")))[:160])
    warnings = answer.get("warnings")
    told = [str(w)[:200] for w in warnings[:5]] if isinstance(warnings, list) else []
    if answer.get("isPartial") is True:  # how VictoriaMetrics says it
        told.append("the answer is partial (isPartial)")
    return told


def _cause(error: BaseException) -> str:
    """The innermost reason, without the pool's address and retry prose."""
    seen: BaseException = error
    for _ in range(5):
        inner = getattr(seen, "reason", None) or (seen.args[0] if seen.args else None)
        if not isinstance(inner, BaseException):
            break
        seen = inner
    return str(seen).rpartition(": ")[2][:160]
