"""The journal: what was observed, appended and synced as it happens.

JSON lines. A run that dies leaves everything it had seen; ``read`` tolerates a torn last line
and nothing else, because a torn line in the middle means the file is not ours.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class JournalError(ValueError):
    """The file is not a journal, or is damaged before its end."""


class Journal:
    """Appends one entry a line, each on disk before ``append`` returns.

    Raises ``FileExistsError`` for a path that is taken: after a torn line nothing may follow,
    and two runs never share a journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered, or what a full disk refused would be tried again with the next entry.
        self._file = path.open("xb", buffering=0)
        self._size = 0
        self._lock = threading.Lock()

    def append(self, kind: str, **data: Any) -> None:  # noqa: ANN401 - JSON-able by contract
        """Add an entry. *data* must be JSON-able (see ``golive.codec.encode``).

        Raises ``OSError`` when it cannot be written, ``ValueError`` when the journal is closed.
        """
        text = json.dumps({"kind": kind, **data}, ensure_ascii=False, allow_nan=False)
        # Lone surrogates pass, so that what is read back is what was seen.
        line = text.encode("utf-8", "surrogatepass") + b"\n"
        with self._lock:
            handle = self._file.fileno()
            try:
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            except OSError:
                # Half a line would make damage of every entry after it.
                self._file.seek(self._size)
                self._file.truncate()
                raise
            self._size += len(line)

    def close(self) -> None:
        """Close the file; further entries are an error."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an earlier run had seen: encoded parts by gate and part name.

    ``finished``: it went to its end and was not interrupted.
    """

    run_id: str
    started: str
    config_sha256: str
    parts: Mapping[str, Mapping[str, Any]]
    finished: bool = False


def entries(path: Path) -> Iterator[Mapping[str, Any]]:
    """The journal's entries. Raises ``JournalError`` for damage before the last line."""
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict) or "kind" not in entry:
                raise ValueError
        except (ValueError, RecursionError) as error:
            if number == len(lines):
                return
            msg = f"{path}:{number}: not a journal entry"
            raise JournalError(msg) from error
        yield entry


def recover(path: Path) -> Recovered:
    """Read an unfinished run back. Raises ``JournalError`` when it holds no run."""
    try:
        return _recovered(path)
    except (KeyError, TypeError) as error:
        msg = f"{path}: an entry lacks {error}"
        raise JournalError(msg) from error


def _recovered(path: Path) -> Recovered:
    start: Mapping[str, Any] | None = None
    parts: dict[str, dict[str, Any]] = {}
    finished = False
    for entry in entries(path):
        if entry["kind"] == "run-started":
            start = entry
        elif entry["kind"] == "run-finished":
            finished = not entry.get("interrupted", False)
        elif entry["kind"] == "part":
            parts.setdefault(str(entry["gate"]), {})[str(entry["part"])] = entry["data"]
    if start is None:
        msg = f"{path}: holds no run"
        raise JournalError(msg)
    return Recovered(
        str(start["run_id"]), str(start["started"]), str(start["config_sha256"]), parts, finished
    )
