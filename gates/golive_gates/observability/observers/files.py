"""Rules, Alertmanager configurations and Kubernetes objects, from the release's files."""

from __future__ import annotations

import json
from dataclasses import asdict

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.sources.tree import FileKind
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

OURS = (FileKind.RULES, FileKind.ALERTMANAGER)
KINDS = (*OURS, FileKind.KUBERNETES, FileKind.KUSTOMIZATION, FileKind.HELM_CHART)
MONITORING = "monitoring.coreos.com"


class FilesObserver:
    """Takes what is about alerting out of the release's files; sends nothing."""

    part = Alerting
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("alerting-files", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Alerting | Unavailable:
        """The documents and objects, with the files that they came from as evidence."""
        del settings
        tree = ctx.sources()
        problems = tuple(p for p in tree.problems if p.kind in (*KINDS, FileKind.OTHER))
        documents = tuple(d for d in tree.documents if d.kind in (*OURS, FileKind.DASHBOARD))
        dashboards = tuple(p for p in tree.problems if p.kind is FileKind.DASHBOARD)
        monitoring = any(o.group == MONITORING for o in tree.objects)
        if not documents and not monitoring and not problems and not dashboards:
            return Unavailable(Reason("no-alerting"))
        files = tree.of(*KINDS, FileKind.DASHBOARD)
        listing = json.dumps([asdict(f) for f in files], ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("alerting-files.json", listing, "application/json")
        return Alerting(files, documents, tree.objects, problems, (evidence,), dashboards)
