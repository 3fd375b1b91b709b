"""The provider stub: both providers on one port, with known answers and faults on demand.

`POST /openai/v1/chat/completions`, `POST /anthropic/v1/messages`; `GET /admin/state`,
`PUT /admin/faults/{provider}`, `DELETE /admin/faults`. ``python -m golive_demo.provider_stub``.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from golive_demo.answers import pieces, script_for, silence_of
from golive_demo.faults import PROVIDERS, Fault, FaultBoard, Provider
from golive_demo.serving import serve
from golive_demo.wire import Anthropic, Ask, Dialect, OpenAI, read_ask

if TYPE_CHECKING:
    from starlette.requests import Request

_STALL_S = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the first token, and from the first token to the last."""

    first_token_s: float = 0.3
    stream_s: float = 2.3


class ConnectionCutError(Exception):
    """Raised to make the server drop the connection in the middle of a body."""


def create_app(pace: Pace) -> Starlette:  # noqa: C901 - a list of small endpoints
    """The stub's application."""
    board = FaultBoard()

    async def answer(request: Request, provider: Provider, dialect: Dialect) -> Response:
        fault = board.take(provider)
        if not dialect.credentials(request.headers):
            return JSONResponse(dialect.error_body(401), status_code=401)
        if fault.kind == "status":
            retry = fault.retry_after_s
            headers = {} if retry is None else {"retry-after": str(retry)}
            return JSONResponse(
                dialect.error_body(fault.status), status_code=fault.status, headers=headers
            )
        try:
            ask = read_ask(await request.json())
        except ValueError:
            return JSONResponse(dialect.error_body(400), status_code=400)
        tokens = pieces(script_for(ask.prompt))
        if ask.stream:
            frames = _frames(dialect, ask, tokens, fault, pace)
            return StreamingResponse(frames, media_type="text/event-stream")
        await asyncio.sleep(pace.first_token_s + fault.delay_s)
        return JSONResponse(dialect.whole(ask, "".join(tokens), len(tokens)))

    async def openai(request: Request) -> Response:
        return await answer(request, "openai", OpenAI())

    async def anthropic(request: Request) -> Response:
        return await answer(request, "anthropic", Anthropic())

    async def state(_: Request) -> Response:
        return JSONResponse({"received": board.received})

    async def put_fault(request: Request) -> Response:
        provider = request.path_params["provider"]
        if provider not in PROVIDERS:
            return JSONResponse({"detail": f"no provider {provider!r}"}, status_code=404)
        try:
            board.put(provider, Fault.parse(await request.json()))
        except (ValueError, TypeError) as error:
            return JSONResponse({"detail": str(error)}, status_code=422)
        return Response(status_code=204)

    async def clear_faults(_: Request) -> Response:
        board.clear()
        return Response(status_code=204)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/openai/v1/chat/completions", openai, methods=["POST"]),
            Route("/anthropic/v1/messages", anthropic, methods=["POST"]),
            Route("/admin/state", state),
            Route("/admin/faults/{provider}", put_fault, methods=["PUT"]),
            Route("/admin/faults", clear_faults, methods=["DELETE"]),
        ]
    )


async def _frames(
    dialect: Dialect, ask: Ask, tokens: list[str], fault: Fault, pace: Pace
) -> AsyncIterator[bytes]:
    for frame in dialect.opening(ask):
        yield frame
    loop = asyncio.get_running_loop()
    # Due times from one start, not gaps: the length of a stream must not drift with the load.
    start = loop.time() + pace.first_token_s + fault.delay_s
    gap = pace.stream_s / len(tokens)
    sent = 0
    for number, token in enumerate(tokens):
        if number == 1 and (silence := silence_of(ask.prompt)):
            await asyncio.sleep(silence)
            start += silence
        if number == fault.after and fault.kind not in {"none", "slow-first-token"}:
            if fault.kind == "stall":
                await asyncio.sleep(_STALL_S)
            if fault.kind in {"stall", "cut"}:
                raise ConnectionCutError(fault.kind)
            if fault.kind == "stream-error":
                yield dialect.stream_error()
            if fault.kind != "early-stop":
                return
            break
        await asyncio.sleep(max(0.0, start + number * gap - loop.time()))
        yield dialect.delta(ask, token)
        sent += 1
    for frame in dialect.closing(ask, sent):
        yield frame


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(prog="golive_demo.provider_stub")
    parser.add_argument("--fd", type=int, help="inherited listening socket")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first-token", type=float, default=0.3, help="seconds")
    parser.add_argument("--stream", type=float, default=2.3, help="seconds")
    options = parser.parse_args()
    app = create_app(Pace(options.first_token, options.stream))
    serve(app, fd=options.fd, port=options.port)


if __name__ == "__main__":
    main()
