"""One try: the service is started, waited for, and asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from golive.api import RunContext
from golive.finishing import to_the_end
from golive.probe.http import HttpProbe
from golive_gates.recovery.drills.records import Phase
from golive_gates.recovery.service.answers import ask, looks, said_of
from golive_gates.recovery.service.placeholders import PORT, filled
from golive_gates.recovery.service.process import Running, free_port, last_lines, signal_of
from golive_gates.recovery.service.records import FIRST_ANSWER, START, Answer, ServiceDrill
from golive_gates.recovery.service.rows import Values
from golive_gates.recovery.service.settings import RestoredService

LOOK = 5.0
"""Seconds that one look at readiness may take."""
SETTLED = 1.0
"""Seconds for which an answer that failed is given time to turn out as the service's end."""
PORT_TAKEN = "ddress already in use"
"""What programs say, in whatever case of the first letter, of a port that was taken meanwhile."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the service is started on. ``folder``: for its HOME and TMPDIR.

    ``paths``: by placeholder. ``headers``: of each request, credentials among them.
    """

    folder: Path
    paths: Mapping[str, str]
    values: Values
    headers: Mapping[str, str]


class Try:
    """One start of *service*; ``drill`` and ``log`` are what came of it, however it ended."""

    def __init__(
        self, ctx: RunContext, probe: HttpProbe, service: RestoredService, given: Given
    ) -> None:
        self._ctx, self._probe, self._service, self._given = ctx, probe, service, given
        rows = len(given.values.asked)
        self.drill = ServiceDrill(service.command, service.stores, rows=rows)
        self.log = ""

    @property
    def lost_its_port(self) -> bool:
        """Somebody else took it between its choice and the start."""
        return self.drill.problem == "exited" and PORT_TAKEN in self.log

    async def run(self) -> None:
        """Carry it out; nothing of the service is left. Raises ``NotStarted``."""
        values = {**self._given.paths, PORT: str(free_port())}
        words = [filled(word, values) for word in self._service.command]
        folder = self._ctx.scope.base / self._service.working_directory
        begin = self._ctx.clock.monotonic()
        running = Running(words, folder.absolute(), self._environment(values))

        async def end() -> None:
            killed = await running.end()
            self.log = running.log(self._ctx.redact)
            self.drill = replace(self.drill, killed=killed, said=last_lines(self.log))

        try:
            await self._asked(running, f"http://127.0.0.1:{values[PORT]}", begin)
        finally:
            try:
                await to_the_end(end())
            finally:
                # At the second interrupt asyncio cancels that as well, begun or not.
                running.kill()

    async def _asked(self, running: Running, root: str, begin: float) -> None:
        clock = self._ctx.clock.monotonic
        if not await self._ready(running, root):
            return
        ready = clock()
        self._phase(START, ready - begin)
        for value in self._given.values.asked:
            answer = await self._ask(root, value)
            self.drill = replace(self.drill, answers=(*self.drill.answers, answer))
            if answer.ok and answer.has_value and len(self.drill.phases) == 1:
                self._phase(FIRST_ANSWER, clock() - ready)
            if answer.failure:
                # Who dies while it is asked fails by that, once, and not by every row; of one that
                # hangs, the next answer would be waited for as long.
                await running.gone(SETTLED)
            if self._ended(running) or answer.failure:
                return
        values = self._given.values
        removed = await self._ask(root, values.removed) if values.removed else None
        control = await self._ask(root, values.made_up)
        self.drill = replace(self.drill, removed=removed, control=control)

    async def _ask(self, root: str, value: str) -> Answer:
        ask_for = self._service.ask
        return await ask(
            self._probe, root, ask_for.path, value, self._given.headers, ask_for.within
        )

    async def _ready(self, running: Running, root: str) -> bool:
        """Whether it became ready in time; why not is in the drill."""
        said, until = "-", self._ctx.clock.monotonic() + self._service.within
        for pause in looks(self._service.within):
            await asyncio.sleep(pause)
            if self._ended(running):
                return False
            left = max(0.1, min(LOOK, until - self._ctx.clock.monotonic()))
            look = await self._probe.call("GET", root + self._service.ready, timeout=left)
            # Somebody else may have answered who took the port: then it has ended by now.
            if look.ok and not self._ended(running):
                return True
            said = said_of(look)
            if self._ctx.clock.monotonic() >= until:
                break
        if not self.drill.problem:
            self.drill = replace(self.drill, problem="not-ready", detail=said)
        return False

    def _ended(self, running: Running) -> bool:
        code = running.exit_code
        if code is None:
            return False
        self.drill = replace(self.drill, problem="exited", detail=signal_of(code), exit_code=code)
        return True

    def _phase(self, name: str, seconds: float) -> None:
        phase = Phase(name, max(0.0, seconds))
        self.drill = replace(self.drill, phases=(*self.drill.phases, phase))

    def _environment(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """Nothing of the caller's but where programs are."""
        home, temporary = self._given.folder / "home", self._given.folder / "tmp"
        for folder in (home, temporary):
            folder.mkdir(mode=0o700, exist_ok=True)
        secrets = {
            name: self._ctx.secrets[reference].reveal()
            for name, reference in self._service.secrets.items()
        }
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "TMPDIR": str(temporary),
            **{name: filled(text, values) for name, text in self._service.environment.items()},
            **secrets,
        }
