"""May this be done to that host? Asked before any loud work, and again for each host.

Loopback is one's own machine and always allowed. Any other host needs an authorisation in
``golive.yaml`` that names it, the kind of work, a person and a last day. Names are resolved
here, once: the answer holds the address to connect to, so that a name cannot lead elsewhere
between the question and the connection.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from golive.config.release import Authorisation, Permission
from golive.context import RunContext
from golive.errors import describe
from golive.model import Reason
from golive.observation import Unavailable
from golive.sanitize import clean

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

RESOLVE_SECONDS = 5.0

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
# Instance metadata services that are not link-local (Alibaba Cloud, AWS over IPv6).
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254")))


@dataclass(frozen=True, slots=True)
class Grant:
    """Who allowed *permission* for *host*. ``address``: the one to connect to.

    ``by`` and ``until`` are empty for loopback, which nobody needs to allow.
    """

    permission: Permission
    host: str
    address: str
    loopback: bool
    by: str = ""
    until: date | None = None


async def permit(
    ctx: RunContext, permission: Permission, url: str, *, resolve: Resolver | None = None
) -> Grant | Unavailable:
    """Whether *permission* is given for the host of *url* today.

    A host is never allowed for its name alone: one that calls itself loopback must resolve to
    loopback addresses only, and an authorised one must not resolve to a loopback, link-local
    or multicast address, behind which something else than the authorised service answers.
    """
    today = ctx.clock.now().date()
    return await permitted(ctx.config.authorisations, today, permission, url, resolve=resolve)


async def permitted(
    entries: Sequence[Authorisation],
    today: date,
    permission: Permission,
    url: str,
    *,
    resolve: Resolver | None = None,
) -> Grant | Unavailable:
    """``permit`` for callers without a run: by *entries* alone, as of *today*."""
    params: dict[str, str | int | float] = {"permission": permission.value, "host": "-"}
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        params["host"] = clean(host) or "-"
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        found = await (resolve or _addresses)(host, port)
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
    except (OSError, KeyError, ValueError, TimeoutError) as error:
        return _refused("core.unresolved", params, describe(error))
    if not addresses:
        return _refused("core.unresolved", params, "no address")
    if all(a.is_loopback for a in addresses):
        return Grant(permission, host, str(addresses[0]), loopback=True)
    entry = standing(entries, permission, host, today)
    if isinstance(entry, Unavailable):
        return entry
    strange = [a for a in addresses if _leads_elsewhere(a)]
    if strange:
        return _refused("core.unsafe-address", {**params, "address": str(strange[0])})
    return Grant(permission, host, str(addresses[0]), False, entry.by, entry.until)


def standing(
    entries: Iterable[Authorisation], permission: Permission, host: str, today: date
) -> Authorisation | Unavailable:
    """The entry that allows *permission* for *host* by name, or why there is none. Pure."""
    params: dict[str, str | int | float] = {
        "permission": permission.value,
        "host": clean(host) or "-",
    }
    named = [a for a in entries if _covers(a, permission, host)]
    if not named:
        return _refused("core.not-authorised", params)
    in_force = [a for a in named if today <= a.until]
    if not in_force:
        last = max(a.until for a in named)
        return _refused("core.authorisation-expired", {**params, "until": last.isoformat()})
    return in_force[0]


def is_loopback(host: str) -> bool:
    """Whether *host* is written as this machine: an address, or the name kept for it.

    Nothing is resolved, so this is fit for a plan and for nothing that sends (RFC 6761, 6.3).
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _covers(entry: Authorisation, permission: Permission, host: str) -> bool:
    return permission in entry.allows and host.lower().rstrip(".") in {
        h.lower().rstrip(".") for h in entry.hosts
    }


def _leads_elsewhere(address: Address) -> bool:
    real = _embedded(address)
    where = real.is_loopback or real.is_link_local or real.is_multicast or real.is_unspecified
    return where or real in _METADATA


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, or behind NAT64), else itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


async def _addresses(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RESOLVE_SECONDS):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _refused(
    code: str, params: dict[str, str | int | float], detail: str | None = None
) -> Unavailable:
    told = params if detail is None else {**params, "detail": detail}
    return Unavailable(Reason(code, told))
