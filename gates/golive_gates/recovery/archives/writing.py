"""Members of an archive onto the disk: names that stay below the folder, bytes that are counted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits, Refused, Unpacked
from golive_gates.recovery.stopping import Stop

PIECE = 1 << 20


class Writer:
    """Writes members below *folder*. ``packed``: bytes of the archive itself.

    ``entries``: how many were counted so far; ``stop``: asked before each piece.
    """

    def __init__(self, folder: Path, limits: Limits, packed: int, stop: Stop) -> None:
        self._folder, self._limits, self.stop = folder, limits, stop
        allowed = limits.free + int(limits.ratio * packed)
        self._most, self._bomb = min(limits.total, allowed), allowed <= limits.total
        self._written = 0
        self._members: list[str] = []
        self.entries = 0

    @property
    def unpacked(self) -> Unpacked:
        """What was written so far."""
        return Unpacked(tuple(self._members), self._written)

    def entry(self) -> None:
        """Count one entry of any kind. Raises ``Refused`` and ``Stopped``."""
        self.stop.check()
        self.entries += 1
        if self.entries > self._limits.members:
            raise Refused("archive-members", str(self._limits.members))

    def folder(self, name: str) -> None:
        """Make a folder. Raises ``Refused``."""
        (self._folder / self._safe(name)).mkdir(mode=0o700, parents=True, exist_ok=True)

    def expect(self, size: int) -> None:
        """Refuse a member whose own figure is too large, before any of it is written."""
        if size < 0 or self._written + size > self._most:
            self._refuse_size()

    def file(self, name: str, read: Callable[[int], bytes]) -> None:
        """Write one file from *read*. Raises ``Refused``, ``Stopped`` and ``OSError``."""
        safe = self._safe(name)
        target = self._folder / safe
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
        except (FileExistsError, NotADirectoryError):
            raise Refused("archive-twice", clean(name, 120)) from None
        with os.fdopen(handle, "wb") as out:
            self._copy(read, out)
        self._members.append(safe)

    def _copy(self, read: Callable[[int], bytes], out: IO[bytes]) -> None:
        while piece := read(PIECE):
            self.stop.check()
            self._written += len(piece)
            if self._written > self._most:
                self._refuse_size()
            out.write(piece)

    def _refuse_size(self) -> None:
        raise Refused("archive-bomb" if self._bomb else "archive-too-large", str(self._most))

    def _safe(self, name: str) -> str:
        parts = [p for p in name.split("/") if p not in ("", ".")]
        odd = "\\" in name or "\0" in name or any(ord(c) < 32 for c in name)
        if name.startswith("/") or ".." in parts or odd or (parts and parts[0].endswith(":")):
            raise Refused("archive-traversal", clean(name, 120))
        long = any(len(os.fsencode(p)) > 255 for p in parts)
        if not parts or len(parts) > self._limits.depth or len(name) > self._limits.name or long:
            raise Refused("archive-name", clean(name, 120))
        return "/".join(parts)


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
