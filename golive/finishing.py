"""Clean-up that comes to its end also while the run is being cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

CLEANUP_SECONDS = 5.0
"""How long a clean-up may take: less than the grace that the runner gives to what it cancelled."""


async def to_the_end(work: Coroutine[object, object, None]) -> None:
    """Await *work*, which is bounded in time, whole; a cancellation meanwhile comes after it."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
