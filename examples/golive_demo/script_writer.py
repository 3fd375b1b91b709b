"""Writing a script with fallback: the next provider is tried as long as no text was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import cast

from golive_demo.answers import silence_of
from golive_demo.providers import Provider, ProviderError


class AllProvidersFailedError(Exception):
    """No script could be finished; the message names each provider and its outcome."""


class ScriptWriter:
    """Streams a script from the first provider that answers.

    `first_piece_s` bounds the wait for a provider's first piece, so that a silent first provider
    still leaves the second one time within the 2 s objective; `next_piece_s` bounds each gap
    after it, longer by the silence that the prompt asks for.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        on_outcome: Callable[[str, str], None],
        on_fallback: Callable[[str, str], None],
        *,
        first_piece_s: float = 1.2,
        next_piece_s: float = 5.0,
    ) -> None:
        self._providers = providers
        self._on_outcome = on_outcome
        self._on_fallback = on_fallback
        self._first_piece_s = first_piece_s
        self._next_piece_s = next_piece_s

    async def write(self, prompt: str) -> AsyncIterator[str]:
        """Yield pieces of the script. Raises AllProvidersFailedError."""
        failures: list[str] = []
        next_piece_s = self._next_piece_s + silence_of(prompt)
        for number, provider in enumerate(self._providers):
            if number:
                self._on_fallback(self._providers[number - 1].name, provider.name)
            started = False
            outcome = "cancelled"  # stays so when the reader goes away
            stream = cast("AsyncGenerator[str, None]", provider.stream(prompt))
            try:
                while True:
                    limit = next_piece_s if started else self._first_piece_s
                    async with asyncio.timeout(limit):
                        piece = await anext(stream)
                    started = True
                    yield piece
            except StopAsyncIteration:
                if started:
                    outcome = "ok"
                    return
                outcome = "empty"
            except TimeoutError:
                outcome = "timeout"
            except ProviderError as error:
                outcome = error.outcome
            finally:
                self._on_outcome(provider.name, outcome)
                await stream.aclose()
            failures.append(f"{provider.name} {outcome}")
            if started:
                break
        raise AllProvidersFailedError(", ".join(failures))
