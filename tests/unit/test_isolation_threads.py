"""Blocking calls of a coroutine: bounded in number, and never what keeps the process alive."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from golive import isolation
from golive.isolation import Call

LONG = 60.0


class TestThreadsOfACall:
    def test_results_and_errors_come_back(self) -> None:
        async def work() -> list[object]:
            calls = (asyncio.to_thread(lambda: 1), asyncio.to_thread(int, "x"))
            return await asyncio.gather(*calls, return_exceptions=True)

        one, error = Call(work, "work").wait(LONG)
        assert one == 1
        assert isinstance(error, ValueError)

    def test_are_bounded_in_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(isolation, "THREADS", 2)
        lock = threading.Lock()
        running = most = 0

        def step(barrier: threading.Barrier) -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            barrier.wait(LONG)
            with lock:
                running -= 1

        async def work() -> None:
            barrier = threading.Barrier(2)
            await asyncio.gather(*(asyncio.to_thread(step, barrier) for _ in range(10)))

        Call(work, "work").wait(LONG)
        assert most == 2

    def test_that_hang_do_not_keep_the_process_alive(self) -> None:
        script = (
            "import asyncio, threading\n"
            "from golive import isolation\n"
            "isolation.GRACE = 0.1\n"
            "async def work():\n"
            "    await asyncio.to_thread(threading.Event().wait)\n"
            "try:\n"
            "    isolation.Call(work, 'work').wait(0.1)\n"
            "except isolation.TimedOut as error:\n"
            "    print('hung', error.hung)\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
        )
        assert ended.stdout == "hung True\n"
