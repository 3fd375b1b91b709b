"""Starts components one by one, each with a log of its own, and stops them all."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from golive_demo.processes import Child, StartError, free_port, listening_socket

READY_TIMEOUT_S = 60.0
_PORT_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Service:
    """A running service; `start_again` does so on the socket that has been listening all along."""

    child: Child
    port: int
    start_again: Callable[[], Child]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


class Launcher:
    """The started components, in `children`. `env` is what all of them see."""

    def __init__(self, workdir: Path, env: Mapping[str, str]) -> None:
        self.children: list[Child] = []
        self._workdir = workdir
        self._env = dict(env)

    def child(self, name: str, command: list[str], env: Mapping[str, str], *fds: int) -> Child:
        """Start a component that is then stopped with the others."""
        started = self.launch(name, command, env, *fds)
        self.children.append(started)
        return started

    def launch(
        self, name: str, command: list[str], env: Mapping[str, str], *fds: int, again: bool = False
    ) -> Child:
        """Start a component for whoever keeps it. `again`: its log goes on."""
        logs = self._workdir / "logs"
        logs.mkdir(exist_ok=True)
        log, whole = logs / f"{name}.log", {**self._env, **env}
        return Child(name, command, log=log, env=whole, pass_fds=fds, again=again)

    def on_free_port(self, name: str, start: Callable[[int], list[str]], path: str) -> str:
        """Start a program that opens its own port; another one is tried when it was taken.

        Raises StartError, after which nothing of it is left.
        """
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            url = f"http://127.0.0.1:{(port := free_port())}"
            child = self.child(name, start(port), {})
            try:
                child.wait_ready(url + path, READY_TIMEOUT_S)
            except StartError:
                self.children.remove(child)
                child.stop()
                if attempt == _PORT_ATTEMPTS or "ddress already in use" not in child.log_tail():
                    raise
            else:
                return url
        raise AssertionError("the last attempt returns or raises")

    def service(
        self, name: str, module: str, arguments: list[str], env: Mapping[str, str]
    ) -> Service:
        """Start a module of this package as a service on a socket of its own."""
        # It stays open here: what connects while the process is away waits for the next one.
        listener = listening_socket()
        descriptor = listener.fileno()
        program = [sys.executable, "-m", f"golive_demo.{module}", "--fd", str(descriptor)]
        command = [*program, *arguments]

        def start_again() -> Child:
            return self.launch(name, command, env, listener.fileno(), again=True)

        child = self.child(name, command, env, descriptor)
        return Service(child, port_of(listener), start_again)

    def named(self, name: str) -> Child:
        """The running component of that name."""
        return next(c for c in self.children if c.name == name)

    def stop(self) -> None:
        """Stop the components: the front first, so that its streams let the services go."""
        for child in reversed(self.children):
            child.ask_to_end()
        while self.children:
            self.children.pop().stop()


def port_of(listener: socket.socket) -> int:
    """The port that a socket is bound to."""
    port: int = listener.getsockname()[1]
    return port
