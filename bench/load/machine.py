"""Where the benchmark runs: what every figure depends on."""

from __future__ import annotations

import os
import platform
import resource
from dataclasses import dataclass
from pathlib import Path

BUSY = 0.5
"""Load average (1 min) above which figures are called disturbed."""


@dataclass(frozen=True, slots=True)
class Machine:
    """*client_core* and *server_core* are the same where there is only one."""

    processor: str
    cores: int
    kernel: str
    python: str
    compiler: str
    load_average: float
    client_core: int
    server_core: int
    descriptors: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the figures worse than they should be."""
        found = []
        if self.load_average > BUSY:
            found.append(
                f"load average {self.load_average:.2f} at the start: other work disturbs the"
                " figures, above all time-stamp errors"
            )
        if self.client_core == self.server_core:
            found.append("one core only: clients and server share it")
        return tuple(found)


def this_machine(compiler: str) -> Machine:
    """The machine, now. Pins the server to another core than the clients where there is one."""
    cores = sorted(os.sched_getaffinity(0))
    return Machine(
        processor=_processor(),
        cores=len(cores),
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        compiler=compiler,
        load_average=os.getloadavg()[0],
        client_core=cores[0],
        server_core=cores[1] if len(cores) > 1 else cores[0],
        descriptors=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
