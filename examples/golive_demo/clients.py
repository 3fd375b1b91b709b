"""The clients of the services: a token each, and a limit of its own where one is set.

They reach the services as JSON in the environment, never as arguments: a command line can be
read by every user of the machine.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from golive_demo.ratelimit import RateLimit

MAIN = "main"
FURTHER_CLIENTS = ("load", "limit", "other", "expired")
STUDIO = "studio"
"""The tenant whose projects and scripts the made-up history of backups holds."""
LOAD_LIMIT = RateLimit(60_000, 60.0)
"""What the client `load` may send: more than any load the demo is put under."""


@dataclass(frozen=True, slots=True)
class Client:
    """One holder of a token. `limit` None: the limit of the service. Expired: refused."""

    name: str
    token: str = field(repr=False)
    limit: RateLimit | None = None
    expired: bool = False


def further_clients() -> tuple[Client, ...]:
    """The clients beside `main`, with fresh tokens."""
    return tuple(
        Client(name, new_token(), LOAD_LIMIT if name == "load" else None, name == "expired")
        for name in FURTHER_CLIENTS
    )


def as_variable(clients: tuple[Client, ...]) -> str:
    """The clients as the text of an environment variable."""
    return json.dumps(
        {
            client.name: {
                "token": client.token,
                "limit": str(client.limit) if client.limit else None,
                "expired": client.expired,
            }
            for client in clients
        }
    )


def from_variable(text: str) -> tuple[Client, ...]:
    """What `as_variable` wrote; no text is no client. Raises ValueError."""
    told = json.loads(text) if text else {}
    if not isinstance(told, Mapping):
        raise TypeError("the clients are not a JSON object")
    return tuple(
        Client(
            name,
            entry["token"],
            RateLimit.parse(entry["limit"]) if entry.get("limit") else None,
            bool(entry.get("expired")),
        )
        for name, entry in told.items()
    )


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(24)
