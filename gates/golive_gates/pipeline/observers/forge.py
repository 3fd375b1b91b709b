"""GitHub's own protection of the branch and the environments, where the configuration allows."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import quote

from golive.api import VERSION, Lane, Need, PlannedWork, RunContext, Scope, Unavailable
from golive.codec import encode
from golive.config.release import Attestation
from golive_gates.pipeline.forge import reading
from golive_gates.pipeline.forge.api import MOST_PAGES, GitHubApi, Missing, Trouble
from golive_gates.pipeline.forge.parts import Classic, Environment, Forge, Gap, Live, Rules
from golive_gates.pipeline.forge.settings import GitHub
from golive_gates.pipeline.settings import Settings

NAME = "forge"
MOST_RULESETS = 5
MOST_REQUESTS = 3 + MOST_PAGES + MOST_RULESETS + MOST_PAGES
UNPROTECTED = "branch not protected"
"""What GitHub says with 404 to who may see that there is no protection."""

_T = TypeVar("_T")


class ForgeObserver:
    """Reads GitHub's REST API with the token that the settings name; writes nothing."""

    part = Forge
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """A handful of requests, and nothing at all where GitHub is not configured."""
        del scope
        github = settings.github
        if github is None:
            return ()
        url = f"GET {github.api.rstrip('/')}/repos/{github.repository}"
        return (PlannedWork(NAME, self.lane, MOST_REQUESTS, 3.0, url, "pages of lists at most"),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Forge | Unavailable:
        """What GitHub shows, and what people say of it."""
        said = settings.attested
        attested: dict[str, Attestation] = {
            name: found
            for name, found in (
                ("branch-protection", said.branch_protection),
                ("environment-reviewers", said.environment_reviewers),
            )
            if found is not None
        }
        live: Live | None = None
        log: list[object] = []
        if settings.github is not None:
            live, log = await _ask(ctx, settings.github)
        content = {"attested": encode(attested), "live": encode(live), "asked": log}
        evidence = ctx.evidence.add(
            "forge.json", json.dumps(content, ensure_ascii=False, indent=1), "application/json"
        )
        return Forge(ctx.clock.now().date(), live, attested, (evidence,))


async def _ask(ctx: RunContext, github: GitHub) -> tuple[Live, list[object]]:
    # httpx takes longer to import than the rest of golive.
    from golive.probe.http import HttpProbe

    blank = Live(github.api, github.repository, github.branch)
    secret = ctx.secrets.get(github.token)
    if secret is None:
        # Nobody resolved it: a run that was set up by other means than golive.yaml.
        return replace(blank, gaps={"repository": Gap("gh-token", github.token)}), []
    probe = HttpProbe(
        version=VERSION,
        run_id=ctx.run_id,
        headers=dict(ctx.headers),
        budget=ctx.budget.spend,
        on_send=ctx.note_sent,
    )
    async with probe:
        api = GitHubApi(probe, github.api, secret.reveal())
        live = await _Look(api, github, ctx).look(blank)
        return live, list(api.log)


@dataclass(slots=True)
class _Look:
    """One look; what is not shown becomes a gap, and the next thing is asked for."""

    api: GitHubApi
    github: GitHub
    ctx: RunContext
    gaps: dict[str, Gap] = field(default_factory=dict)

    async def look(self, blank: Live) -> Live:
        root = f"/repos/{self.github.repository}"
        branch = f"{root}/branches/{quote(self.github.branch, safe='')}"
        protected = await self._part("repository", lambda: self._protected(root, branch))
        if "repository" in self.gaps:
            return replace(blank, gaps=self.gaps, asked=len(self.api.log))
        self.ctx.report(NAME, 1, 3)
        classic = await self._part("classic", lambda: self._classic(branch, bool(protected)))
        rules = await self._part("rules", lambda: self._rules(root))
        self.ctx.report(NAME, 2, 3)
        environments = await self._part("environments", lambda: self._environments(root))
        self.ctx.report(NAME, 3, 3)
        return replace(
            blank,
            classic=classic,
            rules=rules or Rules(),
            environments=environments or (),
            gaps=self.gaps,
            asked=len(self.api.log),
        )

    async def _part(self, name: str, ask: Callable[[], Awaitable[_T]]) -> _T | None:
        left = self.ctx.seconds_left()
        if left is not None and left <= 0:
            self.gaps[name] = Gap("gh-deadline", "-")
            return None
        try:
            return await ask()
        except Trouble as trouble:
            self.gaps[name] = Gap(trouble.code, trouble.detail)
        except ValueError as error:
            self.gaps[name] = Gap("gh-shape", str(error))
        return None

    async def _protected(self, root: str, branch: str) -> bool:
        """Whether GitHub calls the branch protected; a reader of the repository may know."""
        try:
            reading.mapping(await self.api.get(root))
        except Missing as missing:
            raise Trouble("gh-no-repository", missing.detail) from None
        try:
            found = reading.mapping(await self.api.get(branch))
        except Missing as missing:
            raise Trouble("gh-no-branch", missing.detail) from None
        said = found.get("protected")
        if not isinstance(said, bool):
            raise Trouble("gh-shape", "protected")
        return said

    async def _classic(self, branch: str, protected: bool) -> Classic | None:
        try:
            return reading.classic(await self.api.get(f"{branch}/protection"))
        except Missing as missing:
            if missing.message.lower() == UNPROTECTED or not protected:
                return None
            # 404 is also what a token hears that may not read the administration.
            raise Trouble("gh-no-right", missing.detail) from None
        except Trouble as trouble:
            if trouble.code == "gh-forbidden":
                if not protected:
                    return None
                raise Trouble("gh-no-right", trouble.detail) from None
            raise

    async def _rules(self, root: str) -> Rules:
        branch = quote(self.github.branch, safe="")
        listed = await self.api.pages(f"{root}/rules/branches/{branch}")
        found, ids = reading.rules(listed)
        names = []
        for number in ids[:MOST_RULESETS]:
            try:
                name = reading.bypassed(await self.api.get(f"{root}/rulesets/{number}"))
            except Trouble:
                continue  # who may pass a ruleset by is shown to those who may write it
            names += [name] if name else []
        return replace(found, bypass=tuple(names))

    async def _environments(self, root: str) -> tuple[Environment, ...]:
        return reading.environments(await self.api.pages(f"{root}/environments", "environments"))
