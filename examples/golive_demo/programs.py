"""The external programs: where they are, which version, and how to get one that is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Program:
    """An external program; `path` and `version` are None when it is absent."""

    name: str
    path: str | None
    version: str | None
    hint: str

    @property
    def present(self) -> bool:
        """Whether it was found."""
        return self.path is not None


_HINTS = {
    "nginx": ("-v", "apt-get install nginx"),
    "prometheus": ("--version", "apt-get install prometheus"),
    "promtool": ("--version", "apt-get install prometheus"),
    "prometheus-alertmanager": ("--version", "apt-get install prometheus-alertmanager"),
}
PROGRAMS = tuple(_HINTS)
"""What the demo starts, where it is installed."""


def find(name: str) -> Program:
    """Look one of `PROGRAMS` up."""
    flag, hint = _HINTS[name]
    # System folders too: nginx is in /usr/sbin, which a plain user's PATH may lack.
    path = shutil.which(name) or shutil.which(name, path=_SYSTEM_FOLDERS)
    if path is None:
        return Program(name, None, None, hint)
    told = subprocess.run(  # noqa: S603 - a program found by its fixed name
        [path, flag], capture_output=True, text=True, timeout=10, check=False, errors="replace"
    )
    match = _VERSION.search(told.stdout + told.stderr)
    return Program(name, path, match[0] if match else None, hint)
