"""Child processes: started with a death signal, watched, read from their logs, stopped by pid."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_TAIL_LINES = 12
# No proxy: every address is on this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class StartError(Exception):
    """A component failed; the message names it, `log` quotes the last lines that it wrote."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


def tie_to_parent() -> Callable[[], None] | None:
    """A preexec function after which SIGTERM follows the parent's death; None where unsupported.

    SIGTERM, not SIGKILL: nginx must still end its workers. Linux only; elsewhere the services
    outlive a killed supervisor.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: no allocation after it
    parent = os.getpid()

    def after_fork() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between the fork and the line above
            os._exit(1)

    return after_fork


def listening_socket() -> socket.socket:
    """A listening socket on a free loopback port; inherited, it cannot be lost to a race."""
    return socket.create_server(("127.0.0.1", 0), backlog=1024)


def free_port() -> int:
    """A port that was free a moment ago, for programs that cannot inherit a socket."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Child:
    """One running component, in a session of its own, so that Ctrl-C reaches only us.

    `again`: it ran before, and its log goes on.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        pass_fds: Sequence[int] = (),
        again: bool = False,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab" if again else "wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own command lines
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=log.parent,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
                preexec_fn=tie_to_parent(),  # noqa: PLW1509 - this process has one thread
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """The exit code once it has ended, else None."""
        return self._process.poll()

    def require_running(self) -> None:
        """Raise StartError if it has ended."""
        code = self.exit_code()
        if code is not None:
            msg = f"{self.name} ended with code {code}"
            raise StartError(msg, self.log_tail())

    def log_tail(self) -> str:
        """The last lines of the log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-_TAIL_LINES:]) or "    (empty log)"

    def wait_ready(
        self, url: str, timeout_s: float, accept: Callable[[bytes], bool] = bool
    ) -> None:
        """Return once `url` answers 200 with an accepted body.

        Raises StartError on exit or time-out.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            self.require_running()
            body = fetch(url)
            if body is not None and accept(body):
                return
            if time.monotonic() >= deadline:
                msg = f"{self.name} was not ready within {timeout_s:g} s ({url})"
                raise StartError(msg, self.log_tail())
            time.sleep(0.05)

    def ask_to_end(self) -> None:
        """Send SIGTERM if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()

    def stop(self, grace_s: float = 5.0) -> None:
        """Ask it to end, then insist."""
        self.ask_to_end()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def fetch(url: str) -> bytes | None:
    """The body of a GET that answers 200 within a second, at most 1 MiB of it, else None."""
    try:
        with _OPENER.open(url, timeout=1.0) as response:
            return bytes(response.read(1 << 20)) if response.status == 200 else None
    except (OSError, http.client.HTTPException):  # URLError is an OSError
        return None
