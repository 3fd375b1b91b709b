"""Evidence on disk: redacted, capped, hashed, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import secrets as random_source
import stat
import threading
from collections.abc import Callable
from pathlib import Path

from golive.model import EvidenceRef
from golive.sanitize import clean

MAX_SIZE = 8 * 1024 * 1024
"""Bytes kept of one piece; the rest is cut off and said to be."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME = 100


def write_atomically(path: Path, content: bytes) -> None:
    """Write *content* so that a reader sees all of it or nothing, also after a power cut.

    A device or a pipe, such as ``/dev/null`` or ``/dev/stdout``, is written to as it is.
    """
    if _is_stream(path):
        path.write_bytes(content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:_MAX_NAME]}.{random_source.token_hex(8)}")
    try:
        # "x" and not mkstemp, so that the user's umask decides who may read it.
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _is_stream(path: Path) -> bool:
    """Whether *path* is there and is no file; to replace it would take it from everybody else."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _file_name(name: str) -> str:
    """A plain file name that says as much of *name* as is safe, its suffix kept."""
    plain = _UNSAFE.sub("_", name).strip("._") or "evidence"
    if len(plain) <= _MAX_NAME:
        return plain
    suffix = Path(plain).suffix[:10]
    return plain[: _MAX_NAME - len(suffix)] + suffix


class FileEvidence:
    """Keeps one gate's evidence below *root*; paths in references are relative to *base*.

    ``redact`` sees every byte before it is hashed or written. Safe to call from several threads;
    a file that is there already is never replaced, so a reference keeps its content.
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
        path = self._root / self._free_name(_file_name(name))
        write_atomically(path, kept)
        return EvidenceRef(
            name=clean(name),
            path=path.relative_to(self._base).as_posix(),
            sha256=hashlib.sha256(kept).hexdigest(),
            size=len(kept),
            media_type=clean(media_type),
        )

    def _free_name(self, name: str) -> str:
        with self._lock:
            candidate, number = name, 1
            while candidate in self._used or (self._root / candidate).exists():
                number += 1
                stem, dot, suffix = name.rpartition(".")
                candidate = f"{stem}-{number}{dot}{suffix}" if dot else f"{name}-{number}"
            self._used.add(candidate)
            return candidate
