"""A server as the engine sees it: resolved addresses, its TLS settings, its idle connections."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from golive.probe.load.plan import LoadPlan, Request, split_url

if TYPE_CHECKING:
    from golive.probe.load.connection import Connection

RESOLVE_TIMEOUT_S = 10.0
_BIND_ADDRESS_NO_PORT = 24  # linux/in.h; not in the socket module

Address = tuple[int, tuple[str, int] | tuple[str, int, int, int]]


class Endpoint:
    """Shared by every request to one scheme, host, port and given address.

    *addresses*: family and socket address, the one that works first. *problem*: why there is
    none. *idle*: connections that wait for a request, the latest last.
    """

    __slots__ = ("_sources", "addresses", "context", "idle", "problem", "server_name")

    def __init__(self, request: Request, plan: LoadPlan) -> None:
        parts = split_url(request.url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        self.addresses: list[Address] = []
        self.problem = ""
        try:
            self.addresses = resolve(request.address or host, port)
        except (OSError, UnicodeError) as error:
            self.problem = f"cannot resolve {host}: {error}"
        self.server_name = host
        self.context = tls_context(verify=plan.verify, ca_file=plan.ca_file) if secure else None
        self.idle: dict[Connection, None] = {}
        self._sources = itertools.cycle(plan.source_addresses) if plan.source_addresses else None

    def open(self, attempt: int) -> tuple[socket.socket, Address]:
        """A non-blocking socket and the address to connect it to. Raises ``OSError``."""
        address = self.addresses[attempt % len(self.addresses)]
        sock = socket.socket(address[0], socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._sources is not None:
                # The port is chosen with the destination known, so each source has all of them.
                sock.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
                sock.bind((next(self._sources), 0))
        except BaseException:
            sock.close()
            raise
        return sock, address

    def works(self, address: Address) -> None:
        """Try *address* first from now on."""
        if self.addresses[0] is not address:
            self.addresses.remove(address)
            self.addresses.insert(0, address)


def endpoint_key(request: Request) -> tuple[str, str, int, str]:
    """Requests with equal keys share connections."""
    parts = split_url(request.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname or "", port, request.address or ""


def resolve(host: str, port: int, timeout: float = RESOLVE_TIMEOUT_S) -> list[Address]:
    """Addresses of *host*, in the system's order. ``OSError`` if there is none in *timeout* s."""
    found: list[Address] = []
    trouble: list[Exception] = []

    def look_up() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append((family, address))  # type: ignore[arg-type]
        except (OSError, UnicodeError) as error:
            trouble.append(error)

    # The resolver has time-outs of its own, and minutes are among them.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        message = f"no answer from the resolver within {timeout:g} s"
        raise OSError(message)
    if trouble:
        raise trouble[0]
    if not found:
        raise OSError("the resolver knows no address")
    return found


def tls_context(*, verify: bool, ca_file: str | None) -> ssl.SSLContext:
    """Trust *ca_file* alone, else the system's and certifi's authorities. Raises ``OSError``."""
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        message = f"cannot read certificate authorities from {ca_file}: {error}"
        raise OSError(message) from None
    if ca_file is None:
        # Only https needs it: some systems have no store of their own.
        import certifi

        context.load_verify_locations(Path(certifi.where()))
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context
