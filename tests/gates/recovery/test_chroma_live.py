"""Live Chroma stores, folders and servers: read for their counts, and never written."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from golive_gates.recovery.chroma.live import look_at_folder_live
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
