"""What the two services have in common: health, metrics, documents, guards and serving."""

from __future__ import annotations

import argparse
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from golive_demo import __version__
from golive_demo.auth import Authenticator, AuthMiddleware
from golive_demo.broken import HEALTHY, Variant, variant
from golive_demo.clients import MAIN, Client, from_variable
from golive_demo.metrics import MetricsMiddleware, Route, ServiceMetrics
from golive_demo.overload import Exhaustion, ExhaustionMiddleware
from golive_demo.problems import BodyLimitMiddleware, described, install
from golive_demo.ratelimit import (
    DEFAULT_RATE_LIMIT,
    RateLimit,
    RateLimitMiddleware,
    SlidingWindow,
)
from golive_demo.secret_names import CLIENTS_VARIABLE, TOKEN_VARIABLE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEALTH_ROUTES = (
    Route("GET", "/healthz", (200,)),
    Route("GET", "/readyz", (200, 503)),
    Route("GET", "/openapi.json", (200,)),
)
REFUSALS: dict[int | str, dict[str, object]] = {
    400: described("the request cannot be parsed"),
    401: described("missing, wrong or expired bearer token"),
    408: described("the body took longer than 10 s"),
    413: described("the body is larger than 64 KiB"),
    414: described("the address is longer than the front reads"),
    422: described("the request is not valid"),
    429: described("rate limit exceeded; see Retry-After"),
    500: described("the request could not be answered"),
}
"""What every route of /api/v1 may answer instead of what was asked for."""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a service is started with; `token` is the one of the client `main`."""

    token: str = field(repr=False)
    rate_limit: RateLimit = DEFAULT_RATE_LIMIT
    variant: Variant = HEALTHY
    more_clients: tuple[Client, ...] = ()

    @property
    def clients(self) -> tuple[Client, ...]:
        """Everyone who holds a token."""
        return (Client(MAIN, self.token), *self.more_clients)


def api_router() -> APIRouter:
    """A router for /api/v1. It only documents the bearer scheme; AuthMiddleware guards."""
    scheme = HTTPBearer(auto_error=False, description="The token of the client.")
    return APIRouter(prefix="/api/v1", dependencies=[Security(scheme)], responses={**REFUSALS})


def assemble(
    metrics: ServiceMetrics,
    settings: ServiceSettings,
    router: APIRouter,
    ready: Callable[[], Awaitable[str | None]],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> ASGIApp:
    """The guarded ASGI application of a service.

    `ready` returns None, or why the service is not ready. The guards wrap the finished
    application, so that even the answer to an unhandled exception passes through them.
    """
    variant = settings.variant
    app = FastAPI(
        title=metrics.service,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # A second spelling of a path would be a second thing to guard.
        redirect_slashes=False,
    )
    install(app, leaks=variant.leaks_errors)
    app.include_router(router)

    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], responses={503: {"description": "not ready"}})
    async def readyz() -> JSONResponse:
        reason = await ready()
        if reason is not None:
            return JSONResponse({"status": "not ready", "reason": reason}, status_code=503)
        return JSONResponse({"status": "ready"})

    @app.get("/metrics", include_in_schema=False)
    async def exposition() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    authenticator = Authenticator(settings.clients)
    inner: ASGIApp = BodyLimitMiddleware(app)
    if variant.exhausted_above:
        inner = ExhaustionMiddleware(inner, Exhaustion(variant.exhausted_above))
    guarded = AuthMiddleware(
        inner, authenticator, metrics.auth_failures.inc, required=variant.requires_token
    )
    own_limits = {c.name: c.limit for c in settings.clients if c.limit is not None}
    limited = RateLimitMiddleware(
        guarded,
        SlidingWindow(settings.rate_limit, own_limits),
        authenticator.identify,
        metrics.rate_limited.inc,
        enforced=variant.enforces_rate_limit,
        trusts_forwarded=variant.trusts_forwarded,
        over_limit_status=variant.over_limit_status,
    )
    return MetricsMiddleware(NoStoreMiddleware(limited), metrics)


class NoStoreMiddleware:
    """Pure ASGI: no answer of /api/* may be kept by a cache on the way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, marked)


def argument_parser(service: str) -> argparse.ArgumentParser:
    """The flags that every service takes."""
    parser = argparse.ArgumentParser(prog=f"golive_demo.{service}")
    parser.add_argument("--fd", type=int, help="inherited listening socket")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 when there is no fd")
    parser.add_argument("--rate-limit", type=RateLimit.parse, default=DEFAULT_RATE_LIMIT)
    parser.add_argument("--broken", type=variant, default=HEALTHY)
    return parser


def settings_from(options: argparse.Namespace) -> ServiceSettings:
    """Settings from parsed flags and the tokens in the environment."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    clients = from_variable(os.environ.get(CLIENTS_VARIABLE, ""))
    return ServiceSettings(token, options.rate_limit, options.broken, clients)
