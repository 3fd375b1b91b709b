"""Drills on the running demo: a reload of the front and a drain of generation-service."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

GENERATE = "/api/v1/generate"


class Reader(threading.Thread):
    """Reads one stream; `started` is set at its first content."""

    def __init__(self, demo: Any, name: str, description: str = "침묵 2") -> None:
        super().__init__()
        self.started = threading.Event()
        self.text = ""
        self._url = demo.url("front") + GENERATE
        self._headers = demo.auth
        self._body = {"projectId": name, "description": description}

    def run(self) -> None:
        with httpx.stream(
            "POST", self._url, headers=self._headers, json=self._body, timeout=60
        ) as answer:
            for text in answer.iter_text():
                self.text += text
                if "event: content" in self.text:
                    self.started.set()


def streams_through(demo: Any, drill: Callable[[], None]) -> list[str]:
    """The texts of four streams that were running when the drill began."""
    readers = [Reader(demo, f"p-{number}") for number in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        assert reader.started.wait(30)
    drill()
    for reader in readers:
        reader.join(60)
    return [reader.text for reader in readers]


def test_running_streams_survive_and_the_service_comes_back(
    launch: Callable[..., Any],
    ends: Callable[[dict[str, int]], list[str]],
    finished: Callable[..., tuple[int, str]],
) -> None:
    demo = launch("--no-prometheus")
    pid_file = Path(demo.facts["generation_pid_file"])
    first = int(pid_file.read_text(encoding="ascii"))
    assert first == demo.facts["pids"]["generation-service"]
    descriptor = os.pidfd_open(first)

    texts = streams_through(demo, lambda: os.kill(demo.facts["pids"]["front"], signal.SIGHUP))
    assert ["event: done" in text for text in texts] == [True] * 4

    texts = streams_through(demo, lambda: os.kill(first, signal.SIGTERM))
    assert ["event: done" in text for text in texts] == [True] * 4
    assert ends({"generation-service": descriptor}) == []

    # The socket has been listening all along: this one waits for the next process.
    late = Reader(demo, "p-late", "짧은 글")
    late.start()
    late.join(60)
    assert "event: done" in late.text
    second = int(pid_file.read_text(encoding="ascii"))
    assert second != first

    demo.process.terminate()
    code, said = finished(demo.process)
    assert code == 0
    assert said == (
        "golive_demo: generation-service was told to end and has been started again (1 of 3)\n"
    )


def test_a_crash_is_not_a_drain(
    launch: Callable[..., Any], finished: Callable[..., tuple[int, str]]
) -> None:
    demo = launch("--no-prometheus", "--no-front")
    os.kill(demo.facts["pids"]["generation-service"], signal.SIGKILL)
    assert demo.process.wait(30) == 1
    said = finished(demo.process)[1]
    assert said.splitlines()[-1] == "golive_demo: generation-service ended with code -9"
