"""What an interrupted observer created, it may still remove."""

from __future__ import annotations

import asyncio
import threading

import pytest

from golive.isolation import Call, Cancelled, TimedOut


@pytest.mark.parametrize("interrupted", [True, False])
def test_a_clean_up_is_cancelled_once_and_then_left_alone(interrupted: bool) -> None:
    begun = threading.Event()
    removed: list[int] = []

    async def creates() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            for number in range(20):
                await asyncio.sleep(0.005)
                removed.append(number)

    call = Call(creates, "creates")
    assert begun.wait(5)
    if interrupted:
        call.cancel()
        call.cancel()
        with pytest.raises(Cancelled):
            call.wait(30)
    else:
        with pytest.raises(TimedOut):
            call.wait(0.01)
    assert removed == list(range(20))
