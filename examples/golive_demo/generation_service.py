"""generation-service: scripts over SSE. ``python -m golive_demo.generation_service``."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, create_model
from sse_starlette import EventSourceResponse

from golive_demo.auth import CLIENT_KEY
from golive_demo.connections import BoundedEventStream, Slots
from golive_demo.generation_metrics import GenerationMetrics
from golive_demo.problems import described
from golive_demo.providers import AnthropicProvider, OpenAIProvider, Provider
from golive_demo.recent import RecentGenerations
from golive_demo.script_index import NoIndex, ScriptIndex
from golive_demo.script_stream import ScriptStream, Wish
from golive_demo.script_writer import ScriptWriter
from golive_demo.secret_names import PROVIDER_KEY_VARIABLE
from golive_demo.service import (
    ServiceSettings,
    api_router,
    argument_parser,
    assemble,
    settings_from,
)
from golive_demo.serving import serve

if TYPE_CHECKING:
    from starlette.types import ASGIApp

EVENTS = "events `status`, `content` ({delta}), then `done` ({chars, sha256}) or `error`"
DRAIN_S = 30  # after SIGTERM: longer than a stream takes
RESUME = "id of the last event read: the same body goes on after it while it is remembered"
EVENT_STREAM = {"text/event-stream": {"schema": {"type": "string"}}}

Sleep = Callable[[float], Awaitable[None]]


class FoundScript(BaseModel):
    """A script of the index; distance 0 is the same text."""

    project_id: str = Field(serialization_alias="projectId")
    text: str
    distance: float


class FoundScripts(BaseModel):
    """Search results, nearest first."""

    scripts: list[FoundScript]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service is put together from; `heartbeat_s` is the gap between SSE comments."""

    providers: tuple[Provider, ...]
    index: ScriptIndex | NoIndex
    metrics: GenerationMetrics
    heartbeat_s: float = 1.0
    sleep: Sleep = asyncio.sleep


def request_model(description_field: str) -> type[BaseModel]:
    """The request body. The name of the description field is what contract drift changes."""
    project_id = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    description = Field(min_length=1, max_length=2000)
    fields = {"projectId": (str, project_id), description_field: (str, description)}
    config = ConfigDict(extra="forbid")
    model: type[BaseModel] = create_model("GenerateRequest", __config__=config, **fields)  # type: ignore[call-overload]
    return model


def create_app(settings: ServiceSettings, parts: Parts) -> ASGIApp:
    """The application; the index is opened and closed with its lifespan."""
    metrics, variant = parts.metrics, settings.variant
    writer = ScriptWriter(
        parts.providers, metrics.provider_outcome, metrics.fell_back, defect=variant.recovery
    )
    router = api_router()
    slots, recent = Slots(), RecentGenerations()
    started = itertools.count()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await parts.index.open()
        yield
        await recent.close()
        await parts.index.close()
        for provider in parts.providers:
            await provider.close()

    def open_stream(wish: Wish, last_event_id: str | None) -> AsyncIterator[bytes]:
        key = (wish.client, wish.project_id, wish.description)
        resumed = recent.resumed(key, last_event_id)
        if resumed is not None:
            generation, after = resumed
            return generation.read(after)
        crowded = 0 < variant.starves_above < slots.taken
        stream = ScriptStream(
            writer,
            parts.index,
            metrics,
            variant,
            parts.sleep,
            starved=crowded and next(started) % 2 == 1,
        )
        return recent.start(key, stream.frames(wish)).read()

    async def generate(
        request: Request,
        body: BaseModel,
        last_event_id: Annotated[str | None, Header(description=RESUME)] = None,
    ) -> Response:
        arrived = time.perf_counter()
        fields = body.model_dump()
        if variant.first_byte_delay_s:
            await parts.sleep(variant.first_byte_delay_s)
        client, description = request.scope[CLIENT_KEY], fields[variant.description_field]
        wish = Wish(client, fields["projectId"], description, arrived)
        return BoundedEventStream(
            slots, lambda: open_stream(wish, last_event_id), parts.heartbeat_s
        )

    generate.__annotations__["body"] = request_model(variant.description_field)
    router.add_api_route(
        "/generate",
        generate,
        methods=["POST"],
        response_class=EventSourceResponse,
        responses={
            200: {"description": EVENTS, "content": EVENT_STREAM},
            503: described("too many streams are open; see Retry-After"),
        },
    )

    @router.get("/scripts")
    async def search(
        request: Request,
        query: Annotated[str, Query(min_length=1, max_length=2000)],
        limit: Annotated[int, Query(ge=1, le=20)] = 3,
    ) -> FoundScripts:
        hits = await parts.index.search(request.scope[CLIENT_KEY], query, limit)
        return FoundScripts(
            scripts=[
                FoundScript(project_id=hit.project_id, text=hit.text, distance=hit.distance)
                for hit in hits
            ]
        )

    asked = itertools.count(1)

    async def ready() -> str | None:
        every = variant.fail_readiness_every
        if every and next(asked) % every == 0:
            return "a dependency did not answer in time"
        failure = parts.index.failure
        return None if failure is None else f"index: {failure}"

    return assemble(metrics, settings, router, ready, lifespan)


def _parse() -> argparse.Namespace:
    parser = argument_parser("generation_service")
    add = parser.add_argument
    add("--openai-url", required=True, help="base address of OpenAI's API")
    add("--anthropic-url", required=True, help="base address of Anthropic's API")
    add("--first", choices=("openai", "anthropic"), default="openai", help="asked before the other")
    add("--index", type=Path, help="folder of the script index; default: scripts are not indexed")
    add("--heartbeat", type=float, default=1.0, help="seconds between comments")
    return parser.parse_args()


def main() -> None:
    """Serve until a signal."""
    options = _parse()
    key = os.environ.get(PROVIDER_KEY_VARIABLE, "")
    settings = settings_from(options)
    metrics = GenerationMetrics(settings.variant.buckets_end_s)
    defect = settings.variant.recovery
    providers: tuple[Provider, ...] = (
        OpenAIProvider(options.openai_url, key, defect),
        AnthropicProvider(options.anthropic_url, key, defect),
    )
    openai_first = (options.first == "openai") != defect.wrong_order
    parts = Parts(
        providers=providers if openai_first else providers[::-1],
        index=ScriptIndex(options.index, metrics.indexed.inc) if options.index else NoIndex(),
        metrics=metrics,
        heartbeat_s=options.heartbeat,
    )
    serve(
        create_app(settings, parts),
        fd=options.fd,
        port=options.port,
        drain_s=DRAIN_S,
        answers_http_1_0=settings.variant.front_buffers,
    )


if __name__ == "__main__":
    main()
