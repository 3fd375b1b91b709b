"""Who one end of a cluster is: program, host, network, clock. Runs on both ends."""

from __future__ import annotations

import hashlib
import os
import platform
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from golive import __version__

_PROBE = Path(__file__).resolve().parent.parent


class ClusterError(Exception):
    """The cluster cannot carry the run; nothing was sent. ``hint`` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Host:
    """One process and what surrounds it.

    *sources* is a digest of the instruments' source, because two builds may share a version.
    *boot* names this boot of the kernel, *network* its network namespace and *clock* its time
    namespace; "" where the platform does not say, and then nothing is taken to be shared.
    """

    name: str
    pid: int
    golive: str
    sources: str
    python: str
    boot: str
    network: str
    clock: str
    descriptors: int = 0

    @property
    def label(self) -> str:
        """``name:pid``, as people write it."""
        return f"{self.name}:{self.pid}"

    def shares_clock(self, other: Host) -> bool:
        """Whether both read the same monotonic clock, as far as the kernel tells."""
        return bool(self.boot) and (self.boot, self.clock) == (other.boot, other.clock)

    def shares_network(self, other: Host) -> bool:
        """Whether 127.0.0.1 is the same machine for both."""
        here, there = (self.boot, self.network), (other.boot, other.network)
        return bool(self.boot and self.network) and here == there


@dataclass(frozen=True, slots=True)
class Member:
    """One worker process. *identity* is of this process: a restarted one has another."""

    address: str
    identity: str
    host: Host

    @property
    def label(self) -> str:
        """For messages: where it listens, and which process it is."""
        return f"{self.address} ({self.host.label})"


def this_host() -> Host:
    """The process that asks."""
    return Host(
        name=socket.gethostname(),
        pid=os.getpid(),
        golive=__version__,
        sources=sources(),
        python=platform.python_version(),
        boot=_read("/proc/sys/kernel/random/boot_id"),
        network=_namespace("net"),
        clock=_namespace("time"),
        descriptors=_descriptors(),
    )


@cache
def sources() -> str:
    """The first 12 digits of a SHA-256 over the source of the instruments."""
    digest = hashlib.sha256()
    for path in sorted(_PROBE.rglob("*.py")):
        digest.update(path.relative_to(_PROBE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _namespace(kind: str) -> str:
    try:
        return str(Path(f"/proc/self/ns/{kind}").readlink())
    except OSError:
        return ""


def _descriptors() -> int:
    import resource  # not on every platform

    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
