"""What is asked of the target and how politely: URLs, body, rules, pace and patience."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.api import GenerateApi, Reason, RunContext, Scope, ServiceEndpoint, Unavailable
from golive.config.model import RateLimit
from golive.pacing import allowed_rate, join
from golive.placeholders import filled
from golive.probe.trace import StreamRules
from golive.target_client import LONGEST_WAIT, api_headers, retry_after, time_left
from golive_gates.streaming.parts import DIRECT, FRONT
from golive_gates.streaming.settings import Settings

PATIENCE = 3
"""429 answers that are waited out; a target that keeps answering so is left alone."""

LOAD_CLIENT = "load"

pause = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Ask:
    """The streaming route of the target."""

    api: GenerateApi
    service: ServiceEndpoint
    limit: RateLimit | None

    @property
    def front(self) -> str:
        """URL of the route as clients reach it."""
        return join(self.service.url, self.api.path)

    @property
    def direct(self) -> str | None:
        """The same without the front; ``None``: there is no such way."""
        base = self.service.direct_url
        return None if base is None else join(base, self.api.path)

    @property
    def ready(self) -> str:
        """URL of the readiness of the service."""
        return join(self.service.url, self.service.ready)

    @property
    def watched(self) -> tuple[str, ...]:
        """URLs on which a disturbance of the front or of the service shows."""
        direct = self.service.direct_url
        return (self.ready,) if direct is None else (self.ready, join(direct, self.service.ready))

    @property
    def routes(self) -> tuple[tuple[str, str], ...]:
        """Name and URL of each way to the route."""
        ways = [(FRONT, self.front)]
        if self.direct is not None:
            ways.append((DIRECT, self.direct))
        return tuple(ways)

    def body(self, unique: str, template: Mapping[str, object] | None = None) -> object:
        """The request's body, the configured one unless *template* stands in for it."""
        return filled(self.api.body if template is None else template, unique)

    def known(self, unique: str) -> str | None:
        """The answer that ``target.generate_api`` promises to its own body."""
        answer = self.api.known_answer
        return None if answer is None else str(filled(answer, unique))

    def rules(self, timeout: float | None = None) -> StreamRules:
        """How the stream is read."""
        return StreamRules(
            content_events=tuple(self.api.content_events),
            content_field=self.api.content_field,
            terminal_event=self.api.terminal_event,
            timeout=self.api.timeout if timeout is None else timeout,
        )

    def rate(self, settings: Settings) -> float:
        """Streams a second that quiet work may start."""
        return allowed_rate(
            settings.stream_rate, self.limit, self.api.path, settings.rate_limit_share
        )


def asked(scope: Scope) -> Ask | Unavailable:
    """What the configuration says about the streaming route, or that it says nothing."""
    target = scope.config.target
    if target is None or target.generate_api is None:
        return Unavailable(Reason("no-generate-api"))
    api = target.generate_api
    return Ask(api, target.service(api.service), target.rate_limit)


def unique_of(ctx: RunContext, what: str) -> str:
    """A name for one request, also on the record's list of what was sent."""
    return f"golive-{ctx.run_id[-20:]}-{what}"


def loud_headers(ctx: RunContext) -> Mapping[str, str]:
    """Credentials for many streams: those of the client ``load`` if it is configured."""
    found = ctx.client_headers(LOAD_CLIENT)
    return api_headers(ctx) if found is None else found


@dataclass(slots=True)
class Patience:
    """Waits out 429 answers of one observer, a few times and not for long."""

    ctx: RunContext
    limited: int = field(default=0)

    async def again(self, retry: str | None) -> bool:
        """Whether to send the same request again, after the wait that *retry* asks for."""
        self.limited += 1
        wait = retry_after(retry)
        left = time_left(self.ctx)
        if self.limited > PATIENCE or wait > LONGEST_WAIT or (left is not None and wait >= left):
            return False
        await pause(wait)
        return True
