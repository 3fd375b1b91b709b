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
from golive_demo.metrics import MetricsMiddleware, Route, ServiceMetrics
from golive_demo.ratelimit import (
    DEFAULT_RATE_LIMIT,
    FixedWindow,
    RateLimit,
    RateLimitMiddleware,
)
from golive_demo.secret_names import TOKEN_VARIABLE

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HEALTH_ROUTES = (
    Route("GET", "/healthz", (200,)),
    Route("GET", "/readyz", (200, 503)),
    Route("GET", "/openapi.json", (200,)),
)
REFUSALS: dict[int | str, dict[str, object]] = {
    401: {"description": "missing or wrong bearer token"},
    429: {"description": "rate limit exceeded; see Retry-After"},
}


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a service is started with."""

    token: str = field(repr=False)
    rate_limit: RateLimit = DEFAULT_RATE_LIMIT
    variant: Variant = HEALTHY


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
    app = FastAPI(title=metrics.service, version=__version__, lifespan=lifespan)
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

    authenticator = Authenticator(settings.token)
    guarded = AuthMiddleware(app, authenticator, metrics.auth_failures.inc)
    limited = RateLimitMiddleware(
        guarded,
        FixedWindow(settings.rate_limit),
        authenticator.identify,
        metrics.rate_limited.inc,
    )
    return MetricsMiddleware(limited, metrics)


def argument_parser(service: str) -> argparse.ArgumentParser:
    """The flags that every service takes."""
    parser = argparse.ArgumentParser(prog=f"golive_demo.{service}")
    parser.add_argument("--fd", type=int, help="inherited listening socket")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 when there is no fd")
    parser.add_argument("--rate-limit", type=RateLimit.parse, default=DEFAULT_RATE_LIMIT)
    parser.add_argument("--broken", type=variant, default=HEALTHY)
    return parser


def settings_from(options: argparse.Namespace) -> ServiceSettings:
    """Settings from parsed flags and the token variable of the environment."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    return ServiceSettings(token, options.rate_limit, options.broken)
