"""Nothing is left of a started service, also when golive itself is killed."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
from pathlib import Path

MARK = "GOLIVE_RECOVERY_SERVICE"
"""Variable by which processes are known again that left their group."""
# It reads until the pipe is closed, which the system does however golive ends, and then does what
# golive would have done: the group first, then those that left it.
_SCRIPT = """
read -r group || group=
read -r word
[ -z "$group" ] || kill -KILL -- "-$group"
for variables in /proc/[0-9]*/environ; do
  process=${variables%/environ}
  grep -qsF -- "$NAME=$VALUE" "$variables" && kill -KILL "${process#/proc/}"
done
"""


class Guard:
    """A process that outlives golive for a moment, to end what golive started and could not end.

    ``name`` and ``value``: of the variable that the service has to be started with.
    """

    def __init__(self) -> None:
        """Start it. Raises ``OSError``."""
        self.name, self.value = MARK, secrets.token_hex(8)
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            ("/bin/sh", "-c", _SCRIPT),
            cwd="/",
            # Name and value apart: together the guard would find itself by them.
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "NAME": self.name,
                "VALUE": self.value,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def mark(self) -> str:
        """How the variable stands in an environment."""
        return f"{self.name}={self.value}"

    def watch(self, group: int) -> None:
        """Tell it the process *group* of the service."""
        pipe = self._process.stdin
        if pipe is not None:
            # One that was killed is no reason not to go on.
            with contextlib.suppress(OSError):
                pipe.write(b"%d\n" % group)
                pipe.flush()

    def dismiss(self) -> None:
        """End it; what it guards has ended."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()


def signal_group(group: int, number: signal.Signals) -> None:
    """Send *number* to every process of *group*, if there is any."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def kill_marked(mark: str) -> bool:
    """SIGKILL for processes that inherited *mark*, wherever they are. Whether there were any.

    Where there is no ``/proc`` there are none to be found.
    """
    found = _marked(mark)
    for process in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    return bool(found)


def _marked(mark: str) -> list[int]:
    wanted, found = mark.encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # another user's, or gone meanwhile
        if wanted in variables:
            found.append(int(folder.name))
    return found
