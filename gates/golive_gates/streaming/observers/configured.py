"""What the release's files say of the way of a stream."""

from __future__ import annotations

from urllib.parse import urlsplit

from golive.api import Config, Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.sources.tree import FileKind, listing_of
from golive_gates.streaming.configured.config_maps import held, own
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.configured.routes import routes_of
from golive_gates.streaming.configured.wanted import Wanted
from golive_gates.streaming.settings import Settings

KINDS = (FileKind.KUBERNETES, FileKind.KUSTOMIZATION, FileKind.HELM_CHART, FileKind.NGINX)


class ConfiguredObserver:
    """Works out the effective settings of every route from files; sends nothing."""

    part = Configured
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("configured-files", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Configured | Unavailable:
        """Routes and objects of the release, and what of its files could not be read."""
        tree = ctx.sources()
        texts, faults = held(tree.objects)
        relevant = tuple(p for p in tree.problems if p.kind in (*KINDS, FileKind.OTHER))
        configs, problems = own((*tree.nginx, *texts), (*relevant, *faults))
        files = tree.of(*KINDS)
        if not files and not problems:
            return Unavailable(Reason("no-configuration"), kind="absent")
        routes = routes_of(tree.objects, configs, wanted(ctx.config, settings))
        listing = listing_of(files)
        evidence = ctx.evidence.add("configured-files.json", listing, "application/json")
        stages = [c.max_streams for c in ctx.config.canary if c.max_streams is not None]
        return Configured(
            files,
            routes,
            tree.objects,
            configs,
            problems,
            (evidence,),
            max(stages, default=None),
        )


def wanted(config: Config, settings: Settings) -> Wanted:
    """The paths that stream: as stated, else the target's, else those that are called so."""
    api = config.target.generate_api if config.target is not None else None
    if config.target is None or api is None:
        return Wanted(settings.stream_paths)
    url = urlsplit(config.target.service(api.service).url)
    path = url.path.rstrip("/") + api.path.partition("?")[0]
    return Wanted(settings.stream_paths or (path,), url.hostname or "")
