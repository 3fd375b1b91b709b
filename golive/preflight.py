"""Is there a target at all? One look at each service before any gate runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from golive import __version__
from golive.config.model import ServiceEndpoint, Target
from golive.errors import describe
from golive.probe.http import FailureKind, HttpProbe
from golive.record import ServiceFact
from golive.sanitize import clean

LOOK_SECONDS = 5.0

# With any of these no byte of HTTP was ever exchanged: there is nothing to measure. Everything
# else, time-outs while reading included, is a service that answers badly, which is evidence.
_ABSENT = frozenset(
    {
        FailureKind.DNS,
        FailureKind.REFUSED,
        FailureKind.UNREACHABLE,
        FailureKind.CONNECT_TIMEOUT,
        FailureKind.TLS,
        FailureKind.LOCAL,
    }
)


async def look(target: Target, base: Path, run_id: str) -> tuple[ServiceFact, ...]:
    """One ``GET`` of each service's health path. Never raises for trouble of the target.

    *base*: folder that relative paths in the configuration start from.
    """
    ca_file = base / target.tls.ca if target.tls.ca else None
    try:
        probe = HttpProbe(
            version=__version__, run_id=run_id, verify=target.tls.verify, ca_file=ca_file
        )
    except (OSError, ValueError) as error:
        return absent(
            target, f"the authorities in {target.tls.ca} cannot be read: {describe(error)}"
        )
    async with probe as http:
        return tuple(await asyncio.gather(*(_look_at(http, s) for s in target.services)))


def absent(target: Target, detail: str) -> tuple[ServiceFact, ...]:
    """Nothing was seen of any service, for one and the same reason."""
    return tuple(ServiceFact(s.name, s.url, False, clean(detail)) for s in target.services)


async def _look_at(http: HttpProbe, service: ServiceEndpoint) -> ServiceFact:
    seen = await http.call("GET", service.url.rstrip("/") + service.health, timeout=LOOK_SECONDS)
    server = next((v for k, v in seen.headers if k.lower() == "server"), "")
    if seen.failure is None:
        return ServiceFact(service.name, service.url, True, f"HTTP {seen.status}", clean(server))
    return ServiceFact(
        name=service.name,
        url=service.url,
        reachable=seen.failure.kind not in _ABSENT,
        detail=clean(f"{seen.failure.kind}: {seen.failure.detail}"),
        server=clean(server),
    )
