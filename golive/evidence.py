"""Evidence on disk: redacted, capped, hashed, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from golive.model import EvidenceRef

MAX_SIZE = 8 * 1024 * 1024
"""Bytes kept of one piece; the rest is cut off and said to be."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def write_atomically(path: Path, content: bytes) -> None:
    """Write *content* so that a reader sees all of it or nothing, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class FileEvidence:
    """Keeps one gate's evidence below *root*; paths in references are relative to *base*.

    ``redact`` sees every byte before it is hashed or written. Safe to call from several threads.
    """

    def __init__(self, root: Path, base: Path, redact: Callable[[bytes], bytes]) -> None:
        self._root = root
        self._base = base
        self._redact = redact
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        """Store *content* as *name*; a name already used gets a number."""
        raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
        kept = self._redact(raw)
        if len(kept) > MAX_SIZE:
            kept = kept[:MAX_SIZE] + f"\n[cut: {len(kept)} bytes in all]\n".encode()
        path = self._root / self._free_name(_UNSAFE.sub("_", name).strip("._") or "evidence")
        write_atomically(path, kept)
        return EvidenceRef(
            name=name,
            path=path.relative_to(self._base).as_posix(),
            sha256=hashlib.sha256(kept).hexdigest(),
            size=len(kept),
            media_type=media_type,
        )

    def _free_name(self, name: str) -> str:
        with self._lock:
            candidate, number = name, 1
            while candidate in self._used:
                number += 1
                stem, dot, suffix = name.rpartition(".")
                candidate = f"{stem}-{number}{dot}{suffix}" if dot else f"{name}-{number}"
            self._used.add(candidate)
            return candidate
