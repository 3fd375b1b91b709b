"""Asks the process with chromadb, within limits of time and memory, until told to stop."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from golive.codec import decode
from golive.sanitize import clean
from golive_gates.recovery.chroma.records import DATABASE, Answers, Asked, Catalogue
from golive_gates.recovery.chroma.sequence import number_in, teach
from golive_gates.recovery.sqlite.opening import opened, text
from golive_gates.recovery.stopping import Stop

COMMAND = ("-P", "-m", "golive_gates.recovery.chroma.probe_process")
"""What Python is told to run. -P: nothing that lies in the folder is imported."""

SAMPLE = 32
"""Records of a collection that are asked for: three quarters of them from the files of vectors, as
long as there are so many, however many more wait in the queue. Of files half of which are lost,
the chance that all of these are in the other half is 2**-24."""

K = 10
SEED = 20_260_101
WITHIN, RATE = 120.0, 20 << 20
"""Seconds for one answer, and bytes that may take one second more."""

MEMORY, FOLD = 4 << 30, 4
"""Bytes of memory, and how often the size of the snapshot is added to them."""

_LINE = 64 << 20
_KEPT = frozenset({"HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TMPDIR"})


class Prober:
    """One process at a time, started when it is needed and again after it died."""

    def __init__(
        self,
        folder: Path,
        size: int,
        stop: Stop,
        within: float | None = None,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self._folder, self._stop, self._command = folder, stop, command
        self._within = within if within is not None else WITHIN + size / RATE
        self._memory = MEMORY + FOLD * size
        self._running: subprocess.Popen[bytes] | None = None
        self._installed: Answers | None = None

    def close(self) -> None:
        """End the process."""
        process, self._running = self._running, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def ask(self, folder: Path, catalogue: Catalogue, sample: int = SAMPLE) -> Answers:
        """What chromadb says of *folder*, whose *catalogue* was read before.

        Raises ``Stopped`` and ``OSError``; what the snapshot does to it is in the answers.
        """
        asked = [
            {
                "name": c.name,
                "shown": c.shown,
                "tenant": c.tenant,
                "database": c.database,
                "vector": c.vector,
                "ids": sampled(folder, c.id, sample, self._stop, c.saved),
            }
            for c in catalogue.collections
        ]
        return self._said({"folder": str(folder), "collections": asked, "k": K})

    def saved(self, folder: Path, segments: tuple[str, ...]) -> Mapping[str, int]:
        """Up to which sequence numbers old *segments* of *folder* go, by their own files.

        Those whose files do not say are left out. Raises ``Stopped`` and ``OSError``.
        """
        return self._said({"folder": str(folder), "pickles": list(segments)}).saved

    def installed(self) -> Answers:
        """Version and migrations of the chromadb that is installed, asked for once."""
        if self._installed is None:
            self._installed = self.fresh(self._folder / "fresh")
        return self._installed

    def fresh(self, folder: Path) -> Answers:
        """Version and migrations of the chromadb that is installed; none where it is not."""
        folder.mkdir(mode=0o700)
        return self._said({"fresh": str(folder)})

    def _said(self, request: Mapping[str, object]) -> Answers:
        process = self._process()
        try:
            _put(process, request)
            line = self._line(process)
        except TimeoutError:
            self.close()
            return Answers("chroma-timeout", f"{self._within:.0f} s")
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            return self._died(process)
        try:
            return _answers(json.loads(line))
        except (ValueError, TypeError, LookupError) as error:
            self.close()
            return Answers("chroma-garbled", clean(str(error), 200))

    def _process(self) -> subprocess.Popen[bytes]:
        if self._running is None:
            environment = {k: v for k, v in os.environ.items() if k in _KEPT}
            environment |= {"ANONYMIZED_TELEMETRY": "False", "PYTHONFAULTHANDLER": "0"}
            self._running = subprocess.Popen(  # noqa: S603 - golive's own module
                [sys.executable, *self._command, "--memory", str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=environment,
            )
        return self._running

    def _line(self, process: subprocess.Popen[bytes]) -> bytes:
        stream = process.stdout
        if stream is None:
            return b""
        until, held = time.monotonic() + self._within, bytearray()
        while not held.endswith(b"\n") and len(held) < _LINE:
            if self._stop.asked:
                self.close()
                self._stop.check()
            if time.monotonic() > until:
                raise TimeoutError
            ready, _, _ = select.select([stream], [], [], 0.1)
            if ready:
                piece = os.read(stream.fileno(), 1 << 16)
                if not piece:
                    break
                held += piece
        return bytes(held)

    def _died(self, process: subprocess.Popen[bytes]) -> Answers:
        try:
            code = process.wait(5.0)
        except subprocess.TimeoutExpired:
            code = 0
        self.close()
        name = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        return Answers("chroma-crashed", name)


@contextmanager
def prober(folder: Path, size: int, stop: Stop, within: float | None = None) -> Iterator[Prober]:
    """A prober that works in *folder* for snapshots of *size* bytes; its process ends with it."""
    made = Prober(folder, size, stop, within)
    try:
        yield made
    finally:
        made.close()


def _put(process: subprocess.Popen[bytes], request: Mapping[str, object]) -> None:
    if process.stdin is None:
        raise BrokenPipeError
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()


def _answers(document: object) -> Answers:
    if not isinstance(document, dict):
        raise TypeError("no JSON object")
    asked = tuple(decode(Asked, one) for one in document.get("asked", ()))
    return Answers(
        clean(str(document.get("problem", "")), 40),
        clean(str(document.get("detail", "")), 300),
        clean(str(document.get("version", "")), 40),
        tuple(str(m) for m in document.get("migrations", ())),
        asked,
        {str(name): int(number) for name, number in document.get("saved", {}).items()},
    )


def sampled(
    folder: Path, collection: str, count: int, stop: Stop, saved: int | None = None
) -> list[str]:
    """At most *count* ids of a collection, the same ones each time; none of a broken database.

    Records up to sequence number *saved* are in files; without it, all are drawn alike.
    """
    chosen: dict[str, None] = {}
    try:
        with opened(folder / DATABASE, "ro", stop) as connection:
            segment = connection.execute(
                "SELECT id FROM segments WHERE collection = ? AND scope = 'METADATA'", (collection,)
            ).fetchone()
            if segment is None:
                return []
            of = f"FROM embeddings WHERE segment_id = '{text(segment[0]).replace(chr(39), '')}'"
            if saved is not None:
                teach(connection)
                numbered = f"{of} AND {number_in('seq_id')}"
                _draw(connection, f"{numbered} <= {saved}", count - count // 4, chosen)
                _draw(connection, f"{numbered} > {saved}", count, chosen)
            _draw(connection, of, count, chosen)
    except sqlite3.Error:
        return []
    return list(chosen)


def _draw(connection: sqlite3.Connection, of: str, count: int, chosen: dict[str, None]) -> None:
    """Add ids of the records *of* to *chosen* until it holds *count*, as far as there are any."""
    low, high = connection.execute(f"SELECT min(id), max(id) {of}").fetchone()
    if low is None or len(chosen) >= count:
        return
    if high - low < 2 * count:
        starts: Iterator[int] = iter(range(low, high + 1))
    else:
        draw = random.Random(SEED)  # noqa: S311 - a sample that can be drawn again
        starts = (draw.randint(low, high) for _ in range(4 * count))
    for start in starts:
        row = connection.execute(
            f"SELECT embedding_id {of} AND id >= ? ORDER BY id LIMIT 1", (start,)
        ).fetchone()
        if row is not None:
            chosen[text(row[0])] = None
        if len(chosen) >= count:
            return
