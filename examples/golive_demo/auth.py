"""Bearer-token authentication of /api/* (RFC 6750), before any body is read."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from golive_demo.clients import Client
from golive_demo.problems import problem
from golive_demo.secret_names import TOKEN_VARIABLE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ANONYMOUS = "anonymous"
CLIENT_KEY = "golive_demo.client"
"""Key of the ASGI scope under which the name of the client stands."""


class Authenticator:
    """Knows the tokens of a service."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._known = [(client.token.encode("utf-8"), client) for client in clients]
        if not self._known or not all(token for token, _ in self._known):
            msg = f"no token: set {TOKEN_VARIABLE}"
            raise ValueError(msg)

    def identify(self, scope: Scope) -> str | None:
        """Name the client of a request that carries a valid token, else None."""
        client = self._holder(scope)
        return None if client is None or client.expired else client.name

    def refusal(self, scope: Scope) -> str:
        """Why a request without a valid token is refused."""
        client = self._holder(scope)
        return "the token has expired" if client else "missing or wrong bearer token"

    def _holder(self, scope: Scope) -> Client | None:
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _, credentials = value.partition(b" ")
                # Every token is compared, so that the time tells nothing about which is near.
                right = [
                    client
                    for token, client in self._known
                    if hmac.compare_digest(credentials.strip(), token)
                ]
                return right[0] if right and scheme.lower() == b"bearer" else None
        return None


class AuthMiddleware:
    """Pure ASGI: 401 with a challenge for /api/* without a valid token.

    With `required` False, the defect, every other caller is let in as ANONYMOUS.
    """

    def __init__(
        self,
        app: ASGIApp,
        authenticator: Authenticator,
        on_failure: Callable[[], None],
        *,
        required: bool = True,
    ) -> None:
        self._app = app
        self._authenticator = authenticator
        self._on_failure = on_failure
        self._required = required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        client = self._authenticator.identify(scope)
        if client is None and self._required:
            self._on_failure()
            refusal = problem(
                401,
                self._authenticator.refusal(scope),
                {"WWW-Authenticate": 'Bearer realm="scriptgen", error="invalid_token"'},
            )
            await refusal(scope, receive, send)
            return
        await self._app({**scope, CLIENT_KEY: client or ANONYMOUS}, receive, send)
