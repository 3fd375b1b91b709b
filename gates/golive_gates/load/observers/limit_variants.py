"""Ways around a rate limit that a client can try without harm."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

HEADER, PATH, METHOD = "header", "path", "method"

_TEST_NETS = ("192.0.2", "198.51.100", "203.0.113")
"""Addresses for documentation (RFC 5737): they belong to nobody."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The plain request, changed. *headers* are drawn anew for each request."""

    name: str
    kind: str
    url: str
    method: str = "GET"
    headers: Callable[[], Mapping[str, str]] = field(default=dict)


def variants_of(url: str) -> tuple[Variant, ...]:
    """Every variant of a GET of *url*."""
    spoofed = [
        *((name, _address) for name in SPOOFED),
        ("Forwarded", lambda: f"for={_address()}"),
    ]
    return (
        *(Variant(name, HEADER, url, headers=_header(name, value)) for name, value in spoofed),
        *(Variant(name, PATH, changed) for name, changed in _paths(url)),
        Variant("HEAD", METHOD, url, "HEAD"),
    )


SPOOFED = ("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP")


def _header(name: str, value: Callable[[], str]) -> Callable[[], Mapping[str, str]]:
    return lambda: {name: value()}


def _address() -> str:
    # Any address will do as long as it is a new one.
    return f"{secrets.choice(_TEST_NETS)}.{1 + secrets.randbelow(254)}"


def _paths(url: str) -> tuple[tuple[str, str], ...]:
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/"
    head, _, last = path.rpartition("/")

    def at(changed: str, query: str = parts.query) -> str:
        return urlunsplit((parts.scheme, parts.netloc, changed, query, ""))

    found = [
        ("trailing-slash", at(f"{path}/")),
        ("double-slash", at(f"{head}//{last}")),
        ("path-parameter", at(f"{path};x")),
        ("query", at(path, f"golive={secrets.randbelow(10**6)}")),
    ]
    if last:
        found.append(("case", at(f"{head}/{last[:-1]}{last[-1].swapcase()}")))
        found.append(("percent-encoding", at(f"{head}/{last[:-1]}%{ord(last[-1]):02X}")))
    return tuple(found)
