"""The delivery drill: a synthetic alert through the real Alertmanager, to a local webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from golive.api import (
    VERSION,
    Lane,
    Need,
    Permission,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    Unavailable,
    permit,
)
from golive_gates.observability.live.alertmanager import Alertmanager
from golive_gates.observability.live.drill_parts import Drill
from golive_gates.observability.live.drilling import REQUESTS, Order, carry_out
from golive_gates.observability.live.settings import Alertmanager as Wanted
from golive_gates.observability.live.settings import listen_address
from golive_gates.observability.looking import rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

NAME = "delivery-drill"
MARGIN = 12.0
"""Seconds before the gate's deadline at which waiting ends: for the alert's end and the record."""
STEPS = ("status", "post", "listed", "arrival", "ended", "resolved")
CRITICAL = ("critical", "page")
"""Severities that page, worst first."""


class DrillObserver:
    """Posts one alert that somebody allowed, follows it, and ends it."""

    part = Drill
    lane = Lane.LOUD
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The alert, its end, and looks at what became of it; nothing unless it was chosen."""
        del scope
        asked = settings.alertmanager
        if not settings.drill or asked is None:
            return ()
        return (
            PlannedWork(
                NAME,
                self.lane,
                REQUESTS,
                min(asked.within, 40.0) + asked.resolved_within,
                f"POST {asked.url.rstrip('/')}/api/v2/alerts",
                "one synthetic alert, which may page people; it is ended afterwards",
                permission=Permission.ALERTS,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Drill | Unavailable:
        """Carry it out, or why it is not."""
        asked = settings.alertmanager
        if not settings.drill:
            return Unavailable(Reason("drill-not-chosen"))
        if asked is None:
            return Unavailable(Reason("drill-no-alertmanager"))
        headers = ctx.client_headers(asked.client) if asked.client else {}
        if headers is None:
            return Unavailable(Reason("drill-no-client", {"client": asked.client}))
        grant = await permit(ctx, Permission.ALERTS, asked.url)
        if isinstance(grant, Unavailable):
            return grant
        # httpx takes longer to import than the rest of the gate.
        from golive.probe.http import HttpProbe

        files = ctx.observed.find(Alerting)
        async with HttpProbe(
            version=VERSION,
            run_id=ctx.run_id,
            headers=dict(ctx.headers),
            verify=asked.tls.verify,
            ca_file=ctx.scope.base / asked.tls.ca if asked.tls.ca else None,
            on_send=ctx.note_sent,
            addresses={grant.host.lower(): grant.address},
        ) as probe:
            manager = Alertmanager(probe, asked.url, headers, ctx.budget.spend)
            order = order_of(asked, labels_of(asked, files), ctx.run_id, ctx.seconds_left())
            drill, notes = await carry_out(
                order, manager, lambda step: ctx.report(NAME, STEPS.index(step), len(STEPS))
            )
        lines = [
            json.dumps(line, ensure_ascii=False, default=str) for line in (*manager.log, *notes)
        ]
        kept = ctx.evidence.add(
            "delivery-drill.jsonl", "\n".join(lines) + "\n", "application/jsonl"
        )
        return replace(drill, evidence=(kept,))


def order_of(
    asked: Wanted, labels: Mapping[str, str], drill: str, seconds_left: float | None
) -> Order:
    """The drill that *asked* describes, within the time that is left."""
    left = float("inf") if seconds_left is None else max(0.0, seconds_left - MARGIN)
    within = min(asked.within, left)
    return Order(
        asked.url,
        labels,
        drill,
        within,
        min(asked.resolved_within, left - within),
        listen_address(asked.webhook_listen) if asked.webhook_listen else None,
    )


def labels_of(asked: Wanted, files: Alerting | Unavailable) -> dict[str, str]:
    """Labels of the synthetic alert: as configured, else a critical alert's of the files."""
    if asked.labels:
        return dict(asked.labels)
    alerts = () if isinstance(files, Unavailable) else rules_of(files).alerts
    for severity in CRITICAL:
        for rule in alerts:
            if rule.labels.get("severity", "").lower() == severity:
                plain = {k: v for k, v in rule.labels.items() if "{{" not in v}
                return {**plain, "alertname": rule.name}
    return {"alertname": "GoliveDrill", "severity": CRITICAL[0]}
