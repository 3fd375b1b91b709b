"""Alertmanager's own command line tool about the same files: a second opinion."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from golive.api import (
    Lane,
    Need,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    Unavailable,
)
from golive.programs import run
from golive.sources.credentials import mask_text
from golive_gates.observability.routing.alerts import every_alert
from golive_gates.observability.routing.found import read_configs
from golive_gates.observability.routing.model import AlertmanagerConfig
from golive_gates.observability.routing.questions import questions
from golive_gates.observability.routing.second_opinion import (
    Amtool,
    Answer,
    Checked,
    Routed,
    shown,
)
from golive_gates.observability.rules.reading import read_rules
from golive_gates.observability.settings import Settings

TIMEOUT = 10.0
"""Seconds that one call may take; it usually takes 0.02."""
MOST_CALLS = 200
"""Questions about routes in a run; those beyond are counted and not asked."""
_VERSION = re.compile(r"version (\S+)")
_WARNING = re.compile(r"^Warning: .*\n?", re.MULTILINE)
"""amtool 0.25 complains of the address of a server that it never asks."""


class AmtoolObserver:
    """Runs amtool over each alertmanager.yml; sends nothing."""

    part = Amtool
    lane = Lane.FILES
    # Without Need.FILES: `golive lint` starts no program.
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("amtool", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Amtool | Unavailable:
        """Its answers, or that it is not installed."""
        del settings
        program = shutil.which("amtool")
        if program is None:
            return Unavailable(Reason("amtool-missing"), kind="absent")
        tree = ctx.sources()
        configs = [c for c in read_configs(tree.documents, tree.objects).read if c.origin == "file"]
        alerts = every_alert(read_rules(tree.documents, tree.objects))
        with TemporaryDirectory() as home:
            asked = _Asked(program, Path(home), ctx)
            version = _VERSION.search((await asked.run("--version")).said)
            checked: list[Checked] = []
            routed: list[Routed] = []
            left_out = 0
            for config in configs:
                path = _file_at(ctx.scope.base, config.place.at().path)
                if path is None:
                    continue  # A program has made it up.
                file = str(path)
                checked.append(Checked(config.name, await asked.run("check-config", file)))
                if checked[-1].answer.status != 0:
                    continue
                every = questions(config, alerts)
                now = every[: MOST_CALLS - len(routed)]
                left_out += len(every) - len(now)
                routed += [await asked.route(config, file, labels) for labels in now]
        seen = Amtool(version[1] if version else "", tuple(checked), tuple(routed), left_out)
        text = json.dumps(asdict(seen), ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("amtool.json", text, "application/json")
        return Amtool(seen.version, seen.checked, seen.routed, seen.left_out, (evidence,))


def _file_at(base: Path, shown: str) -> Path | None:
    """The file that is shown so: by its place below *base*, else below the working folder."""
    return next((p for p in (base.absolute() / shown, Path.cwd() / shown) if p.is_file()), None)


class _Asked:
    """Calls of *program*, with nothing of the user's but where programs are."""

    def __init__(self, program: str, home: Path, ctx: RunContext) -> None:
        self.program = program
        self.home = home
        self.ctx = ctx

    async def route(
        self, config: AlertmanagerConfig, file: str, labels: tuple[tuple[str, str], ...]
    ) -> Routed:
        """Where an alert with *labels* goes."""
        pairs = [f'{name}="{_escaped(value)}"' for name, value in labels]
        answer = await self.run("config", "routes", "test", f"--config.file={file}", *pairs)
        return Routed(config.name, labels, answer)

    async def run(self, *args: str) -> Answer:
        """One call, bounded in time and output."""
        ran = await run(self.program, args, self.home, TIMEOUT)
        return Answer(ran.status, self._shown(_WARNING.sub("", ran.text), args), ran.problem)

    def _shown(self, text: str, args: tuple[str, ...]) -> str:
        """The end of *text*, without secrets and without where the files lie."""
        for argument in args:
            path = argument.removeprefix("--config.file=")
            if path.startswith("/"):
                text = text.replace(path, Path(path).name)
        return shown(self.ctx.redact(mask_text(text)))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
