"""What stands ready for recovery drills: generators whose providers can be made to fail.

They are services of their own, so that a drill harms no other request: the same program, asked
through `golive provider-stub`, once with each provider first. The generator is a stranger to
golive, so the stub is started as a program.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from golive_demo.launching import READY_TIMEOUT_S, Launcher
from golive_demo.processes import Child, StartError

STUB = "golive-provider-stub"
FORWARD, REVERSE = "fallback-service", "fallback-service-reversed"
_CONTROL = re.compile(r"^control +(http://\S+)/__golive$", re.MULTILINE)
_OPENAI = re.compile(r"^OPENAI_BASE_URL=(\S+)$", re.MULTILINE)
_ANTHROPIC = re.compile(r"^ANTHROPIC_BASE_URL=(\S+)\n", re.MULTILINE)
"""The stub's last line; whole only with its end."""


@dataclass(frozen=True, slots=True)
class Providers:
    """Addresses of the stub: its control API, and each provider on a port that can refuse."""

    control: str
    openai: str
    anthropic: str

    def arguments(self, first: str) -> list[str]:
        """For a generation-service that asks `first` first and does not keep its scripts."""
        return [
            *("--openai-url", self.openai),
            *("--anthropic-url", self.anthropic),
            *("--first", first),
        ]


@dataclass(frozen=True, slots=True)
class Recovering:
    """Addresses for the drill, or `None` and the reason why there are none."""

    stub: str | None = None
    forward: str | None = None
    reverse: str | None = None
    note: str = ""


def start_stub(launcher: Launcher) -> Child:
    """Start the stub; it takes free ports by itself."""
    return launcher.child(STUB, [sys.executable, "-m", "golive.cli", "provider-stub"], {})


def addresses(stub: Child, clock: Callable[[], float] = time.monotonic) -> Providers:
    """Where the stub says that it listens. Raises StartError when it does not say so in time."""
    deadline = clock() + READY_TIMEOUT_S
    while True:
        said = stub.log.read_text(encoding="utf-8", errors="replace")
        control, openai, anthropic = (p.search(said) for p in (_CONTROL, _OPENAI, _ANTHROPIC))
        if control and openai and anthropic:
            return Providers(control[1], openai[1], anthropic[1])
        stub.require_running()
        if clock() >= deadline:
            msg = f"{stub.name} did not say where it listens"
            raise StartError(msg, stub.log_tail())
        time.sleep(0.05)


def start_generators(
    launcher: Launcher, stub: Child, arguments: list[str], env: Mapping[str, str]
) -> Recovering:
    """A generator for each order of the providers, ready.

    Without the stub there are none, and the drill finds nothing to try. Raises StartError for a
    generator that does not start.
    """
    try:
        providers = addresses(stub)
    except StartError as error:
        launcher.children.remove(stub)
        stub.stop()
        return Recovering(note=f"the fallback cannot be drilled: {error}")
    started = [
        launcher.service(name, "generation_service", [*arguments, *providers.arguments(first)], env)
        for name, first in ((FORWARD, "openai"), (REVERSE, "anthropic"))
    ]
    for service in started:
        service.child.wait_ready(f"{service.url}/readyz", READY_TIMEOUT_S)
    forward, reverse = (service.url for service in started)
    return Recovering(providers.control, forward, reverse)
