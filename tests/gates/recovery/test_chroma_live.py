"""Live Chroma stores, folders and servers: read for their counts, and never written."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from golive_gates.recovery.chroma.live import (
    MOST,
    Get,
    NotRead,
    look_at_folder_live,
    look_at_server,
)
from golive_gates.recovery.observers.chroma import ChromaObserver, _served
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import chroma_stores, stores

STOP = Stop()
HTTP_WAIT = 60.0


def test_a_live_folder_is_read_and_not_written(tmp_path: Path) -> None:
    live = Path(shutil.copytree(chroma_stores.sound(), tmp_path / "live"))
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in live.rglob("*") if p.is_file()}
    now = datetime.now(UTC).timestamp()
    seen = look_at_folder_live(live, "live", now, STOP)
    assert (seen.problem, dict(seen.counts)) == ("", {"few": 2, "none": 0, "scripts": 126})
    assert (seen.before, look_at_folder_live(live, "live", 1.0, STOP).before) == (128, 0)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in before} == before
    with closing(sqlite3.connect(live / "chroma.sqlite3", isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        assert look_at_folder_live(live, "live", now, STOP, wait=0.0).problem == "live-locked"
    gone = look_at_folder_live(tmp_path, "live", now, STOP)
    assert (gone.problem, gone.detail) == ("live-missing", "live/chroma.sqlite3")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A real Chroma server over *folder*."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    command = [chroma, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _answering(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _answering(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + HTTP_WAIT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


def test_a_server_is_asked_for_its_counts(tmp_path: Path) -> None:
    with server(Path(shutil.copytree(chroma_stores.sound(), tmp_path / "served"))) as url:
        store = replace(chroma_stores.STORE, live=f"{url}/")
        seen = asyncio.run(_served(stores.context(tmp_path), store))
    assert (seen.problem, dict(seen.counts)) == ("", {"few": 2, "none": 0, "scripts": 126})
    assert seen.before is None
    gone = asyncio.run(_served(stores.context(tmp_path), store))
    assert gone.problem == "live-unreadable"
    (planned,) = ChromaObserver().plan(
        stores.context(tmp_path).scope, replace(chroma_stores.SETTINGS, chroma=(store,))
    )
    assert planned.requests > 3


def _listing(listed: Callable[[int, int], list[str]], count: object = 7) -> tuple[list[str], Get]:
    """A server that lists what *listed* makes of limit and offset; the paths it was asked for."""
    asked: list[str] = []

    async def get(path: str) -> object:
        asked.append(path)
        # An end to what would have none.
        if len(asked) > 3 * MOST:
            raise NotRead("asked for too much")
        if path.endswith("/count"):
            return count
        query = parse_qs(urlsplit(path).query)
        names = listed(int(query["limit"][0]), int(query["offset"][0]))
        return [{"id": n, "name": n} for n in names]

    return asked, get


def test_pages_of_a_server_are_put_together() -> None:
    names = [f"c{n}" for n in range(250)]
    asked, get = _listing(lambda limit, offset: names[offset : offset + limit])
    seen = asyncio.run(look_at_server("live", get))
    assert (seen.problem, list(seen.counts)) == ("", names)
    assert len(asked) == 3 + 250


def test_a_server_without_pages_is_asked_to_an_end() -> None:
    """Servers of old versions list everything, whatever page they are asked for."""
    names = [f"c{n}" for n in range(250)]
    asked, get = _listing(lambda *_: names)
    seen = asyncio.run(look_at_server("live", get))
    assert (seen.problem, list(seen.counts)) == ("", names)
    assert len(asked) == 2 + 250


def test_more_collections_than_are_counted_are_not_taken_for_all() -> None:
    asked, get = _listing(lambda limit, offset: [f"c{n}" for n in range(offset, offset + limit)])
    seen = asyncio.run(look_at_server("live", get))
    assert (seen.problem, dict(seen.counts)) == ("live-unreadable", {})
    assert str(MOST) in seen.detail
    assert len(asked) <= MOST + MOST // 100 + 1


@pytest.mark.parametrize("count", [-1, True, "7", None, 7.5, float("nan")])
def test_a_count_that_is_none(count: object) -> None:
    _, get = _listing(lambda *_: ["scripts"], count)
    assert asyncio.run(look_at_server("live", get)).problem == "live-unreadable"
