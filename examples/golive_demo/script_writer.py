"""Writing a script with fallback: the next provider is tried as long as no text was sent.

A provider that rejects the request as the caller's mistake is believed: the other one would reject
it too, at the same price.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import cast

from golive_demo.answers import silence_of
from golive_demo.broken_recovery import SILENCE, SOUND, Defect, midway
from golive_demo.providers import Provider, ProviderError

_REJECTED = "rejected"


class AllProvidersFailedError(Exception):
    """No script could be finished; the message names each provider and its outcome.

    `rejected`: a provider took it for the caller's mistake.
    """

    def __init__(self, failures: Sequence[str], *, rejected: bool) -> None:
        super().__init__(", ".join(failures))
        self.rejected = rejected


class ScriptWriter:
    """Streams a script from the first provider that answers.

    `first_piece_s` bounds the wait for a provider's first piece, by default to what leaves the
    second one time within the 2 s objective when the first stays silent; `next_piece_s` bounds
    each gap after it, longer by the silence that the prompt asks for.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        on_outcome: Callable[[str, str], None],
        on_fallback: Callable[[str, str], None],
        *,
        first_piece_s: float | None = None,
        next_piece_s: float = 5.0,
        defect: Defect = SOUND,
    ) -> None:
        self._defect = defect
        self._providers = list(providers if defect.falls_back else providers[:1])
        self._on_outcome = on_outcome
        self._on_fallback = on_fallback
        self._first_piece_s = defect.patience_s if first_piece_s is None else first_piece_s
        self._thrown_away: set[asyncio.Task[None]] = set()
        self._next_piece_s = next_piece_s

    async def write(self, prompt: str) -> AsyncIterator[str]:
        """Yield pieces of the script. Raises AllProvidersFailedError."""
        failures: list[str] = []
        next_piece_s = self._between_pieces(prompt)
        outcome = ""
        providers = tuple(self._providers)
        for number, provider in enumerate(providers):
            if number:
                self._on_fallback(providers[number - 1].name, provider.name)
            started, sign = False, ""
            outcome = "cancelled"  # stays so when the reader goes away
            stream = cast("AsyncGenerator[str, None]", provider.stream(prompt))
            try:
                while True:
                    limit = next_piece_s if started else self._first_piece_s
                    async with asyncio.timeout(limit):
                        piece = await anext(stream)
                    if not (started or number) and self._defect.asks_both:
                        self._throw_away(providers[1:], prompt)
                    started = True
                    yield piece
            except StopAsyncIteration:
                if started:
                    outcome = "ok"
                    self._keep_in_mind(provider)
                    return
                outcome = "empty"
            except (TimeoutError, ProviderError) as error:
                outcome, sign = _told_by(error)
            finally:
                self._on_outcome(provider.name, outcome)
                await stream.aclose()
            failures.append(f"{provider.name} {outcome}")
            if started and self._mishandles(sign, started=True):
                return
            if not self._goes_on(outcome, sign, started=started):
                break
        raise AllProvidersFailedError(failures, rejected=outcome == _REJECTED)

    def _goes_on(self, outcome: str, sign: str, *, started: bool) -> bool:
        if outcome == _REJECTED and not self._defect.passes_user_errors_on:
            return False
        if self._mishandles(sign, started=started):
            return False
        return self._defect.splices or not started

    def _mishandles(self, sign: str, *, started: bool) -> bool:
        return bool(sign) and self._defect.mishandles == (midway(sign) if started else sign)

    def _between_pieces(self, prompt: str) -> float | None:
        """Seconds within which the next piece has to come."""
        if self._mishandles(SILENCE, started=True):
            return None
        return self._next_piece_s + silence_of(prompt)

    def _keep_in_mind(self, provider: Provider) -> None:
        if self._defect.sticks:
            self._providers.sort(key=lambda other: other is not provider)

    def _throw_away(self, providers: Sequence[Provider], prompt: str) -> None:
        async def drain(provider: Provider) -> None:
            with contextlib.suppress(ProviderError):
                async for _ in provider.stream(prompt):
                    pass

        for provider in providers:
            task = asyncio.create_task(drain(provider))
            self._thrown_away.add(task)
            task.add_done_callback(self._thrown_away.discard)


def _told_by(error: TimeoutError | ProviderError) -> tuple[str, str]:
    """The outcome and the sign of a failure."""
    if isinstance(error, ProviderError):
        return error.outcome, error.sign
    return "timeout", SILENCE
