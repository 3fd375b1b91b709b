"""Hosts of our own on this machine: network namespaces on a bridge, with no way out of it.

Addresses are of 198.18.0.0/15, set aside for measuring networks (RFC 2544, appendix C.2.2).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

NET = "198.18.77"


class Lan:
    """``hub`` holds the bridge; the others hang on it, each by a cable of its own."""

    def __init__(self) -> None:
        self.hosts = {"hub": f"{NET}.1"}
        self._made: list[str] = []

    def name(self, host: str) -> str:
        return f"golive{os.getpid()}{host}"

    def enter(self, host: str) -> list[str]:
        """What to put before a command that is to run on *host*."""
        return ["ip", "netns", "exec", self.name(host)]

    def build(self, *hosts: str) -> None:
        self._add("hub")
        self._ip("hub", "link", "add", "bridge", "type", "bridge")
        self._ip("hub", "addr", "add", f"{NET}.1/24", "dev", "bridge")
        self._ip("hub", "link", "set", "bridge", "up")
        for number, host in enumerate(hosts, 2):
            self._add(host)
            self.hosts[host] = f"{NET}.{number}"
            far = ["peer", "name", "eth0", "netns", self.name(host)]
            self._ip("hub", "link", "add", host, "type", "veth", *far)
            self._ip("hub", "link", "set", host, "master", "bridge", "up")
            self._ip(host, "addr", "add", f"{self.hosts[host]}/24", "dev", "eth0")
            self._ip(host, "link", "set", "eth0", "up")

    def pull_cable(self, host: str) -> None:
        self._ip("hub", "link", "set", host, "down")

    def remove(self) -> None:
        for name in reversed(self._made):
            subprocess.run(["ip", "netns", "del", name], check=False)

    def _add(self, host: str) -> None:
        subprocess.run(["ip", "netns", "add", self.name(host)], check=True)
        self._made.append(self.name(host))
        self._ip(host, "link", "set", "lo", "up")

    def _ip(self, host: str, *command: str) -> None:
        subprocess.run(["ip", "-n", self.name(host), *command], check=True)


@contextmanager
def lan(*hosts: str) -> Iterator[Lan]:
    """A ``Lan`` with *hosts*; all of it is gone afterwards."""
    made = Lan()
    try:
        made.build(*hosts)
        yield made
    finally:
        made.remove()
