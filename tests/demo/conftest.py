"""The running demo that the tests share, and doubles for the parts it is made of."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0


@dataclass
class Demo:
    """A started `python -m golive_demo`."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    def url(self, name: str) -> str:
        address = self.facts["addresses"][name]
        assert address is not None, f"{name} is not running"
        return str(address)

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.facts['token']}"}

    def descriptors(self) -> dict[str, int]:
        """A pidfd for each component: readable once the process has ended."""
        return {name: os.pidfd_open(pid) for name, pid in self.facts["pids"].items()}


def start_demo(folder: Path, *flags: str) -> Demo:
    ready = folder / "facts.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "golive_demo", "--serve", "--ready-file", str(ready), *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_TIMEOUT_S)
    if not readable or not process.stdout.readline():
        process.kill()
        message = f"the demo did not start: {process.communicate()[1]}"
        raise AssertionError(message)
    return Demo(process, json.loads(ready.read_text(encoding="utf-8")))


def await_ends(descriptors: dict[str, int]) -> list[str]:
    """Wait for processes to end; the names of those that have not within the time-out."""
    alive = dict(descriptors)
    while alive:
        ended, _, _ = select.select(list(alive.values()), [], [], STOP_TIMEOUT_S)
        if not ended:
            break
        alive = {name: fd for name, fd in alive.items() if fd not in ended}
    for descriptor in descriptors.values():
        os.close(descriptor)
    return list(alive)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the demo to end; its exit code and what it said on stderr."""
    _, errors = process.communicate(timeout=STOP_TIMEOUT_S)
    return process.returncode, errors


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = start_demo(tmp_path_factory.mktemp("demo"))
    descriptors = running.descriptors()
    yield running
    running.process.terminate()
    code, errors = finish(running.process)
    assert code == 0, errors
    assert await_ends(descriptors) == []
    assert not Path(running.facts["workdir"]).exists()


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Start a demo of one's own, stopped at the end whatever happened."""
    started: list[Demo] = []

    def start(*flags: str) -> Demo:
        started.append(start_demo(tmp_path, *flags))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            finish(one.process)


@pytest.fixture
def ends() -> Callable[[dict[str, int]], list[str]]:
    return await_ends


@pytest.fixture
def finished() -> Callable[[subprocess.Popen[str]], tuple[int, str]]:
    return finish


@pytest.fixture
def stub_url(demo: Demo) -> str:
    return demo.url("provider-stub")


@pytest.fixture
def fault(stub_url: str) -> Iterator[Callable[..., None]]:
    """Set a fault of a provider; all faults are cleared afterwards."""
    admin = f"{stub_url}/admin/faults"

    def put(provider: str, **body: object) -> None:
        assert httpx.put(f"{admin}/{provider}", json=body).status_code == 204

    yield put
    assert httpx.delete(admin).status_code == 204


def parse_events(body: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(id, event, data) of each event in a whole SSE body; comments are left out."""
    events = []
    for block in body.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        fields = dict(line.split(": ", 1) for line in lines)
        if fields:
            events.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return events


@pytest.fixture
def events_of() -> Callable[[str], list[tuple[str, str, dict[str, Any]]]]:
    return parse_events


@dataclass
class FakeProvider:
    """Yields its pieces, then raises `error` if it has one."""

    name: str = "openai"
    pieces: tuple[str, ...] = ("하나", " 둘")
    error: Exception | None = None
    prompts: list[str] = field(default_factory=list)
    closed: int = 0

    async def stream(self, prompt: str) -> AsyncIterator[str]:
        self.prompts.append(prompt)
        try:
            for piece in self.pieces:
                yield piece
            if self.error is not None:
                raise self.error
        finally:
            self.closed += 1

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def fake_provider() -> type[FakeProvider]:
    return FakeProvider


@dataclass
class FakeIndex:
    """Remembers what was added."""

    failure: str | None = None
    added: list[tuple[str, str, str]] = field(default_factory=list)
    full: bool = False

    async def open(self) -> None:
        """Open at once."""

    def add(self, owner: str, project_id: str, text: str) -> bool:
        self.added.append((owner, project_id, text))
        return not self.full

    async def search(self, owner: str, text: str, limit: int) -> list[Any]:
        return []

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def fake_index() -> FakeIndex:
    return FakeIndex()
