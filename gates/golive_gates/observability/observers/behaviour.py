"""What the rules do when the service is well, and when it is not: played by ``promtool``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from golive.api import EvidenceRef, Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive_gates.observability.looking import rules_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.observers import promtool
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.durations import seconds
from golive_gates.observability.rules.model import Group
from golive_gates.observability.scenarios import refusals
from golive_gates.observability.scenarios.parts import Behaviour, Refusal, SetPlayed
from golive_gates.observability.scenarios.rulefiles import (
    RuleFile,
    all_rules,
    newer_fields,
    rule_files,
)
from golive_gates.observability.scenarios.staging import Stage, acts, described, played, set_stage
from golive_gates.observability.settings import Settings

NAME = "behaviour"
TIMEOUT = 300.0
"""Seconds that all of promtool's work may take; it usually takes a few."""
USUAL = 5.0
MOST_KEPT = 4 << 20
"""Characters of promtool's own report that are kept as evidence."""
_VERSION = re.compile(r"version (\S+?)[,\s]")


class BehaviourObserver:
    """Plays scenarios from what the services expose through the release's rules."""

    part = Behaviour
    lane = Lane.QUIET
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent: promtool works on files."""
        del scope, settings
        return (PlannedWork(NAME, self.lane, 0, USUAL),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Behaviour | Unavailable:
        """What promtool says of the rules, and which alerts fire in which scenario."""
        alerting = ctx.observed.find(Alerting)
        if isinstance(alerting, Unavailable):
            return alerting
        groups = rules_of(alerting).groups
        if not groups:
            return Unavailable(Reason("no-rules"))
        tool = promtool.found()
        if tool is None:
            return Unavailable(Reason("promtool-missing"))
        with TemporaryDirectory(prefix="golive-promtool-") as folder:
            return await _Work(ctx, settings, tool, Path(folder)).all(groups)


@dataclass(frozen=True, slots=True)
class _Work:
    ctx: RunContext
    settings: Settings
    tool: str
    folder: Path

    async def all(self, groups: Sequence[Group]) -> Behaviour | Unavailable:
        said = await self._run("--version")
        if said.status is None:
            return Unavailable(Reason("promtool-failed", _trouble(said)))
        version = _VERSION.search(said.text)
        files = rule_files(groups)
        checked = await self._checked(files)
        if isinstance(checked, Unavailable):
            return checked
        refused, stripped, report = checked
        evidence = [self.ctx.evidence.add("promtool-check.txt", report, "text/plain")]
        stage = self._stage(groups)
        sets: list[SetPlayed] = []
        for which in ("files", "operator"):
            mine = [f for f in files if f.set == which]
            if not mine:
                continue
            names = {f.path for f in mine}
            state = SetPlayed(
                "files" if which == "files" else "operator",
                tuple(f.path for f in mine),
                not any(r.path in names and not r.newer for r in refused),
                tuple(r for r in refused if r.path in names),
                tuple(s for s in stripped if s in newer_fields(mine)),
            )
            twin = next((s for s in sets if _alike(files, s.set, which)), None)
            if twin is not None:
                sets.append(replace(twin, set=state.set, files=state.files, same_as=twin.set))
                continue
            done, kept = await self._played(state, mine, stage)
            sets.append(done)
            evidence.extend(kept)
        return Behaviour(
            version[1] if version else "",
            tuple(sets),
            stage.demands,
            stage.cast.lacking,
            stage.cast.guessed,
            stage.expected,
            stage.invisible,
            stage.gap,
            tuple(evidence),
        )

    def _stage(self, groups: Sequence[Group]) -> Stage:
        exposed = self.ctx.observed.find(Exposed)
        return set_stage(
            exposed if isinstance(exposed, Exposed) else None,
            [rule for group in groups for rule in group.rules],
            self.ctx.config,
            self.settings,
            self.ctx.clock.now().timestamp(),
        )

    async def _checked(
        self, files: Sequence[RuleFile]
    ) -> tuple[tuple[Refusal, ...], tuple[str, ...], str] | Unavailable:
        """What promtool has against *files*, the newer fields it does not know, its report.

        Of what it does not know the newer fields are taken out, and the rest is asked again.
        """
        refused, report = await self._asked(files, ())
        if isinstance(refused, Unavailable):
            return refused
        unknown = {r.field for r in refused if r.field}
        stripped = tuple(name for name in newer_fields(files) if name in unknown)
        if not stripped:
            return refused, (), report
        quirks = tuple(r for r in refused if r.newer)
        again, second = await self._asked(files, stripped)
        if isinstance(again, Unavailable):
            return again
        return (*quirks, *again), stripped, f"{report}\n{second}"

    async def _asked(
        self, files: Sequence[RuleFile], strip: Sequence[str]
    ) -> tuple[tuple[Refusal, ...] | Unavailable, str]:
        for file in files:
            (self.folder / file.name).write_text(file.text(strip), encoding="utf-8")
        said = await self._run("check", "rules", "--lint=all", *(f.name for f in files))
        if said.status is None:
            return Unavailable(Reason("promtool-failed", _trouble(said))), said.text
        found = refusals.read(said.text, {f.name: f.path for f in files})
        if said.status not in (0, 3) and not found:
            detail = {"detail": " ".join(said.text.split())[-300:]}
            return Unavailable(Reason("promtool-failed", detail)), said.text
        return found, said.text

    async def _played(
        self, state: SetPlayed, files: Sequence[RuleFile], stage: Stage
    ) -> tuple[SetPlayed, list[EvidenceRef]]:
        """*state* with the scenarios that were played, and the test files and report."""
        if not state.accepted:
            return replace(state, problem="refused"), []
        if stage.gap:
            return replace(state, problem=stage.gap), []
        known = described(state, all_rules(files), stage)
        planned = acts(stage, files, state.stripped)
        if not planned:
            return replace(known, problem="nothing-to-play"), []
        kept: list[EvidenceRef] = []
        tests: list[str] = []
        for act in planned:
            tests.append(f"scenarios-{state.set}-{act.tier}.json")
            for name, text in ((act.rules_name, act.rules), (tests[-1], act.text)):
                (self.folder / name).write_text(text, encoding="utf-8")
                kept.append(self.ctx.evidence.add(name, text, "application/json"))
        said = await self._run("test", "rules", *tests)
        name = f"promtool-scenarios-{state.set}.txt"
        kept.append(self.ctx.evidence.add(name, said.text[:MOST_KEPT], "text/plain"))
        if said.status is None:
            return replace(known, problem="tool-failed", detail=_trouble(said)["detail"]), kept
        try:
            return played(known, planned, said.text, _delays(files, stage.step)), kept
        except ValueError as error:
            return replace(known, problem="tool-failed", detail=str(error)[:300]), kept

    async def _run(self, *words: str) -> promtool.Ran:
        left = self.ctx.seconds_left()
        most = TIMEOUT if left is None else min(TIMEOUT, max(1.0, left - 5.0))
        return await promtool.run(self.tool, words, self.folder, most)


def _trouble(said: promtool.Ran) -> dict[str, str]:
    words = {"too-slow": "not done in time", "too-much": "its report is too long"}
    return {"detail": words.get(said.problem, " ".join(said.text.split())[-300:])}


def _alike(files: Sequence[RuleFile], one: str, other: str) -> bool:
    """Whether both sets have the very same groups: then they do the very same."""

    def groups(which: str) -> str:
        listed = [dict(g.raw) for f in files if f.set == which for g in f.groups]
        return json.dumps(listed, default=str, sort_keys=True)

    return groups(one) == groups(other)


def _delays(files: Sequence[RuleFile], step: float) -> Mapping[str, float]:
    """By how many seconds alerts fire later than played.

    Their group is evaluated less often, or looks at what was some time ago.
    """
    found: dict[str, float] = {}
    for group in (g for file in files for g in file.groups):
        offset = seconds(group.raw.get("query_offset")) or 0.0
        delay = max(0.0, (group.interval_s or 0.0) - step) + offset
        for rule in group.rules:
            found[rule.name] = max(delay, found.get(rule.name, 0.0))
    return found
