"""Bearer-token authentication of /api/* (RFC 6750), before any body is read."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from golive_demo.secret_names import TOKEN_VARIABLE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Authenticator:
    """Knows the one token of a service."""

    def __init__(self, token: str) -> None:
        if not token:
            msg = f"no token: set {TOKEN_VARIABLE}"
            raise ValueError(msg)
        self._token = token.encode("utf-8")

    def identify(self, scope: Scope) -> str | None:
        """Name the client of a request that carries the right token, else None."""
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _, credentials = value.partition(b" ")
                right = hmac.compare_digest(credentials.strip(), self._token)
                return "token" if right and scheme.lower() == b"bearer" else None
        return None


class AuthMiddleware:
    """Pure ASGI: 401 with a challenge for /api/* without the token."""

    def __init__(
        self, app: ASGIApp, authenticator: Authenticator, on_failure: Callable[[], None]
    ) -> None:
        self._app = app
        self._authenticator = authenticator
        self._on_failure = on_failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        guarded = scope["type"] == "http" and scope["path"].startswith("/api/")
        if not guarded or self._authenticator.identify(scope) is not None:
            await self._app(scope, receive, send)
            return
        self._on_failure()
        refusal = JSONResponse(
            {"detail": "missing or wrong bearer token"},
            status_code=401,
            headers={"WWW-Authenticate": 'Bearer realm="scriptgen"'},
        )
        await refusal(scope, receive, send)
