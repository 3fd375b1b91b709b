"""Starts the service on restored data and asks it; nothing of either is left afterwards."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from golive.api import HttpProbe, Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.codec import encode
from golive.sanitize import clean
from golive.target_client import target_probe, time_left
from golive_gates.recovery.drills.planning import newest_bytes, seconds
from golive_gates.recovery.scratch import NoSpace, scratch
from golive_gates.recovery.service.answers import looks
from golive_gates.recovery.service.asking import Given, Try
from golive_gates.recovery.service.process import NotStarted
from golive_gates.recovery.service.records import ServiceDrill
from golive_gates.recovery.service.restoring import (
    NotRestored,
    chosen,
    make_removable,
    restored,
    room,
)
from golive_gates.recovery.service.rows import NoValues, values_of
from golive_gates.recovery.service.settings import RestoredService
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.drilling import NO_ROOM, Bench
from golive_gates.recovery.stopping import in_thread

NAME = "restored-service"
TRIES = 3
"""Starts, where the port was taken by somebody else between its choice and the start."""
RATE = 60e6
"""Bytes a second of a restoration that is not proven again: half of what was measured."""
STARTS = 5.0
"""Seconds that a service is planned to need."""
_ROOT = "http://127.0.0.1"


class RestoredServiceObserver:
    """Runs the declared command on a copy of its own; live data is not touched."""

    part = ServiceDrill
    # Alone on the machine, because its start is timed.
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The command, the looks at its readiness, and what it is asked."""
        service = settings.service
        if service is None:
            return ()
        size = sum(newest_bytes(s, scope.base) for s in settings.stores if s.name in service.stores)
        command = clean(shlex.join(service.command), 200)
        most = len(looks(service.within)) * TRIES
        note = f"rows of {service.ask.value.table}, and two that are not there"
        return (
            PlannedWork(
                NAME,
                self.lane,
                most,
                seconds(size, STARTS, RATE),
                f"GET {_ROOT}{service.ready}",
                f"until `{command}` is ready",
            ),
            PlannedWork(
                NAME,
                self.lane,
                (service.ask.rows + 2) * TRIES,
                0.0,
                f"GET {_ROOT}{service.ask.path}",
                note,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> ServiceDrill | Unavailable:
        """Carry it out, within the time that the gate has left."""
        service = settings.service
        if service is None:
            return Unavailable(Reason("no-service"), kind="absent")
        drilling = _Drilling(ctx, settings, service)
        try:
            async with asyncio.timeout(time_left(ctx)):
                drill = await drilling.run()
        except TimeoutError:
            return Unavailable(Reason("service-deadline"))
        listing = json.dumps(encode(drill), ensure_ascii=False, indent=1)
        kept = [ctx.evidence.add(f"{NAME}.json", listing, "application/json")]
        if drilling.log:
            kept.append(ctx.evidence.add(f"{NAME}.log", drilling.log, "text/plain"))
        return replace(drill, evidence=tuple(kept))


class _Drilling:
    """One drill. ``log``: what the service wrote last."""

    def __init__(self, ctx: RunContext, settings: Settings, service: RestoredService) -> None:
        self._ctx, self._settings, self._service = ctx, settings, service
        self.log = ""

    async def run(self) -> ServiceDrill:
        """Restore, start and ask. Trouble is in the part."""
        empty = ServiceDrill(self._service.command, self._service.stores)
        try:
            return await self._run()
        except NotRestored as error:
            said = clean(f"{error.store}: {error.code} {error.detail}", 200)
            return replace(empty, problem="not-restored", detail=said)
        except (NoValues, NotStarted) as error:
            return replace(empty, problem=error.code, detail=error.detail)
        except NoSpace as error:
            return replace(empty, problem="no-space", detail=str(error))
        except OSError as error:
            said = clean(f"{error.filename or ''}: {error.strerror or error}", 200)
            problem = "no-space" if error.errno in NO_ROOM else "drill-io"
            return replace(empty, problem=problem, detail=said)

    async def _run(self) -> ServiceDrill:
        ctx, service = self._ctx, self._service
        bench = Bench(self._settings, ctx.scope.base, ctx.clock.now, ctx.clock.monotonic)
        ctx.report(NAME, 0, 2)
        wanted = await in_thread(lambda _: chosen(service, bench))
        with scratch(bench.folder, room(wanted)) as made:
            # The service may run in another folder than golive.
            folder = made.absolute()
            paths = await in_thread(lambda stop: restored(wanted, bench, folder, stop))
            where = service.ask.value
            database = Path(paths[f"sqlite.{where.store}"])
            values = await in_thread(
                lambda stop: values_of(database, where, service.ask.rows, stop)
            )
            ctx.report(NAME, 1, 2)
            given = Given(folder, paths, values, self._headers())
            try:
                async with target_probe(ctx) as probe:
                    return await self._tried(probe, given)
            finally:
                make_removable(folder)

    async def _tried(self, probe: HttpProbe, given: Given) -> ServiceDrill:
        for _ in range(TRIES):
            one = Try(self._ctx, probe, self._service, given)
            try:
                await one.run()
            finally:
                self.log = one.log
            if not one.lost_its_port:
                break
        if one.lost_its_port:
            return replace(one.drill, problem="port-taken")
        return one.drill

    def _headers(self) -> Mapping[str, str]:
        ask = self._service.ask
        if ask.auth is None:
            return ask.headers
        value = self._ctx.secrets[ask.auth.token].reveal()
        return {**ask.headers, ask.auth.header: f"{ask.auth.scheme} {value}".strip()}
