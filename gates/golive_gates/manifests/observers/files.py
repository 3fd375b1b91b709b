"""The release's Kubernetes objects, from its files."""

from __future__ import annotations

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.sources.tree import FileKind, listing_of
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

KINDS = (FileKind.KUBERNETES, FileKind.KUSTOMIZATION, FileKind.HELM_CHART)


class FilesObserver:
    """Takes the Kubernetes objects out of the release's files; sends nothing."""

    part = Manifests
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("manifest-files", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Manifests | Unavailable:
        """The objects, with the files and digests that they came from as evidence."""
        del settings
        tree = ctx.sources()
        problems = tuple(p for p in tree.problems if p.kind in (*KINDS, FileKind.OTHER))
        files = tree.of(*KINDS)
        if not files and not problems:
            return Unavailable(Reason("no-manifests"))
        listing = listing_of(files)
        evidence = ctx.evidence.add("manifest-files.json", listing, "application/json")
        return Manifests(files, tree.objects, problems, (evidence,))
