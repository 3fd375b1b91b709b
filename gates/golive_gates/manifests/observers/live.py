"""What runs in the cluster: one look at the release's namespace, read-only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive_gates.manifests.live import seeing
from golive_gates.manifests.live.access import NoAccess, connect
from golive_gates.manifests.live.api import MOST_PAGES, Answer, Api
from golive_gates.manifests.live.looking import (
    MOST_SECRETS,
    certificates,
    discovered,
    listed,
)
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.live.resources import (
    ALWAYS,
    SECRETS,
)
from golive_gates.manifests.live.wanted import MOST_KINDS, wanted
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

FATAL = frozenset({"unauthorised", "tls", "unreachable", "timed-out", "not-json", "too-large"})
"""After the first request: whoever answers so answers nothing else."""


class LiveObserver:
    """Lists the namespace's objects through the official client. Nothing is ever written."""

    part = Live
    lane = Lane.QUIET
    needs = frozenset({Need.CLUSTER})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Every request with the permission that it needs; what files add is bounded."""
        del settings
        cluster = scope.config.cluster
        return () if cluster is None else tuple(self._work(cluster.namespace))

    def _work(self, namespace: str) -> Iterator[PlannedWork]:
        def row(requests: int, endpoint: str, note: str) -> PlannedWork:
            return PlannedWork("live", self.lane, requests, 0.2, endpoint, note)

        yield row(2, "GET /version, /apis", "RBAC: system:discovery, which every account has")
        for resource in ALWAYS:
            note = f"RBAC: {resource.verb} {resource.name} ({', '.join(resource.checks)})"
            yield row(MOST_PAGES, f"GET {resource.path(namespace)}", note)
        yield row(
            MOST_SECRETS,
            f"GET {SECRETS.path(namespace)}/NAME",
            f"RBAC: {SECRETS.verb} {SECRETS.name} ({', '.join(SECRETS.checks)}), only those that "
            "Ingresses serve TLS with; the certificate is kept, the key dropped unread",
        )
        yield row(
            MOST_KINDS * (MOST_PAGES + 1),
            f"GET /apis/GROUP/VERSION/namespaces/{namespace}/KIND",
            "RBAC: list every further kind that the release's files state (live-drift)",
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Live | Unavailable:
        """The namespace as it is, or why it cannot be seen at all."""
        del settings
        cluster = ctx.config.cluster
        if cluster is None:
            return Unavailable(Reason("core.needs-cluster"))
        try:
            access = await asyncio.to_thread(connect, cluster, ctx.scope.base)
        except NoAccess as error:
            return Unavailable(Reason("live-no-access", {"detail": str(error)}))
        api = Api(access, ctx)
        try:
            return await self._look(api, ctx, cluster.namespace)
        finally:
            api.close()

    async def _look(self, api: Api, ctx: RunContext, namespace: str) -> Live | Unavailable:
        hello = await api.get("/version")
        if hello.outcome in FATAL:
            detail = hello.detail or f"HTTP {hello.status}"
            params = {"host": api.access.host, "detail": detail}
            return Unavailable(Reason(f"live-{hello.outcome}", params))
        groups = await api.get("/apis")
        manifests = ctx.observed.find(Manifests)
        stated = () if isinstance(manifests, Unavailable) else manifests.objects
        objects = wanted(stated, namespace)
        kinds = await discovered(api, objects.unknown)
        objects = objects.without(kinds.wide)
        items = await listed(api, namespace, objects, kinds)
        tls = tuple(seeing.tls_uses(objects, items))
        secrets = await certificates(api, namespace, tls)
        live = Live(
            namespace=namespace,
            at=ctx.clock.now(),
            host=api.access.host,
            verified=api.access.verified,
            version=_version(hello),
            apis=_groups(groups),
            calls=tuple(api.calls),
            certificates=secrets,
            tls=tls,
            evidence=(ctx.evidence.add(*_listing(api)),),
        )
        return seeing.with_objects(live, items, objects, kinds.absent)


def _listing(api: Api) -> tuple[str, str, str]:
    text = json.dumps([asdict(c) for c in api.calls], ensure_ascii=False, indent=1)
    return "live-requests.json", text, "application/json"


def _version(answer: Answer) -> str:
    found = answer.data.get("gitVersion") if answer.data is not None else None
    return found[:40] if isinstance(found, str) else ""


def _groups(answer: Answer) -> tuple[str, ...] | None:
    listed_groups = answer.data.get("groups") if answer.data is not None else None
    if not isinstance(listed_groups, list):
        return None
    names = (g.get("name") for g in listed_groups if isinstance(g, Mapping))
    return tuple(sorted(n for n in names if isinstance(n, str)))
