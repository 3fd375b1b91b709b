"""Errors as problem details (RFC 9457): what the client did wrong, nothing of how we are built."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
MAX_BODY = 64 * 1024
MAX_BODY_S = 10.0
_MAX_ERRORS = 20
_MAX_FIELD = 80
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """The answer to a request that failed."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    # ASCII on purpose: a lone surrogate in a field's name has no UTF-8.
    return Response(json.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def described(meaning: str) -> dict[str, object]:
    """The OpenAPI description of an answer that is a problem."""
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}


def install(app: FastAPI, *, leaks: bool = False) -> None:
    """Answer every error of *app* as a problem; with *leaks*, bad bodies with a traceback."""

    async def invalid(_: Request, error: Exception) -> Response:
        if leaks:
            return _traceback(422, error)
        told = error.errors() if isinstance(error, RequestValidationError) else []
        errors = [
            {
                "field": ".".join(str(part) for part in entry["loc"])[:_MAX_FIELD],
                "problem": str(entry["type"]),
            }
            for entry in told[:_MAX_ERRORS]
        ]
        return problem(422, "the request is not valid", errors=errors)

    async def refused(_: Request, error: Exception) -> Response:
        if not isinstance(error, StarletteHTTPException):
            raise error
        if leaks and error.status_code == 400:
            return _traceback(400, error)
        return problem(error.status_code, str(error.detail), error.headers)

    async def failed(_: Request, __: Exception) -> Response:
        return problem(500, "the request could not be answered")

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(StarletteHTTPException, refused)
    app.add_exception_handler(Exception, failed)


def _traceback(status: int, error: Exception) -> Response:
    """The defect: the answer is what belongs into the log."""
    return Response("".join(traceback.format_exception(error)), status, media_type="text/plain")


class BodyLimitMiddleware:
    """Pure ASGI: 413 for a body of more than MAX_BODY bytes, 408 for one of more than 10 s."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        detail = f"the body is larger than {MAX_BODY} bytes"
        announced = next((v for n, v in scope["headers"] if n == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > MAX_BODY:
            await problem(413, detail, {"Connection": "close"})(scope, receive, send)
            return
        seen, whole = 0, False
        until = asyncio.get_running_loop().time() + MAX_BODY_S

        async def bounded() -> Message:
            nonlocal seen, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                close = {"Connection": "close"}
                raise HTTPException(408, "the body took too long", close) from None
            whole = not message.get("more_body")
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                raise HTTPException(413, detail, {"Connection": "close"})
            return message

        await self._app(scope, bounded, send)
