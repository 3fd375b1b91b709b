"""The delivery drill through Debian's Alertmanager."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from golive.context import BudgetExhausted, RequestBudget
from golive_gates.observability.live.settings import Alertmanager
from golive_gates.observability.observers.drill import DrillObserver
from golive_gates.observability.settings import Settings
from tests.gates.observability import live_run as run
from tests.gates.observability import programs

PAGE = {
    "receiver": "nobody",
    "routes": [{"receiver": "page", "matchers": ['severity="critical"']}],
}


@contextmanager
def routed(folder: Path, route: dict[str, Any] = PAGE, **more: Any) -> Iterator[Settings]:
    """Settings of a drill whose receiver ``page`` points to golive's own webhook."""
    port = programs.free_port()
    receivers = {"nobody": "", "page": f"http://127.0.0.1:{port}/hook"}
    with programs.alertmanager(folder, receivers, route, **more) as url:
        listen = f"127.0.0.1:{port}"
        yield Settings(drill=True, alertmanager=Alertmanager(url, listen, within=30.0))


def changed(settings: Settings, **changes: Any) -> Settings:
    assert settings.alertmanager is not None
    return replace(settings, alertmanager=replace(settings.alertmanager, **changes))


def left(settings: Settings) -> Any:
    """Alerts that the Alertmanager still has."""
    assert settings.alertmanager is not None
    return programs.got(f"{settings.alertmanager.url}/api/v2/alerts")


def test_an_alert_arrives_and_is_taken_back(tmp_path: Path) -> None:
    with routed(tmp_path) as settings:
        result, ctx = run.drilled(settings, run.files(run.RULES))
        assert left(settings) == []
    assert (result.status.value, result.reason.code) == ("pass", "drill-delivered")
    # The labels are those of the first critical alert of the release.
    assert result.reason.params["alert"] == "AvailabilityBudgetBurnFast"
    assert result.reason.params["receiver"] == "page"
    kept = ctx.evidence.kept["delivery-drill.jsonl"].decode()  # type: ignore[attr-defined]
    sent = [json.loads(line) for line in kept.splitlines()]
    posted = [s["body"][0] for s in sent if s.get("method") == "POST"]
    assert [p["labels"]["golive_drill"] for p in posted] == [ctx.run_id] * 2
    assert posted[0]["labels"]["slo"] == "availability"
    ends = [datetime.fromisoformat(p["endsAt"]) for p in posted]
    assert ends[1] < ends[0] < datetime.now(UTC) + timedelta(minutes=5)
    assert {s["status"] for s in sent if "receiver" in s} == {"firing", "resolved"}
    assert "receivers:" not in kept, "Alertmanager's configuration is not kept"


def test_the_wrong_route(tmp_path: Path) -> None:
    route = {**PAGE, "routes": [{"receiver": "page", "matchers": ['severity="page"']}]}
    with routed(tmp_path, route) as settings:
        result, _ = run.drilled(changed(settings, within=2.0))
        assert left(settings) == []
    assert (result.status.value, result.reason.code) == ("fail", "drill-elsewhere")
    assert result.reason.params["receivers"] == "nobody"


def test_a_receiver_that_is_down(tmp_path: Path) -> None:
    with routed(tmp_path) as settings:
        # golive listens somewhere else than where Alertmanager sends to.
        aside = changed(settings, webhook_listen="127.0.0.1:0", within=4.0)
        result, _ = run.drilled(aside)
        assert left(settings) == []
    assert (result.status.value, result.reason.code) == ("fail", "drill-undelivered")
    assert str(result.reason.params["detail"]).startswith("webhook: ")


def test_a_silence_is_found(tmp_path: Path) -> None:
    with routed(tmp_path) as settings:
        assert settings.alertmanager is not None
        now = datetime.now(UTC)
        silence = {
            "matchers": [{"name": "severity", "value": "critical", "isRegex": False}],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "test",
            "comment": "forgotten",
        }
        made = httpx.post(
            f"{settings.alertmanager.url}/api/v2/silences", json=silence, trust_env=False
        )
        result, _ = run.drilled(changed(settings, within=10.0))
        assert left(settings) == []
    assert (result.status.value, result.reason.code) == ("fail", "drill-suppressed")
    assert result.reason.params["detail"] == made.json()["silenceID"]


def test_an_inhibition_is_found(tmp_path: Path) -> None:
    """Another alert that fires for real inhibits the drill's."""
    inhibit = [{"source_matchers": ["alertname=Outage"], "target_matchers": ["severity=critical"]}]
    with routed(tmp_path, inhibit_rules=inhibit) as settings:
        assert settings.alertmanager is not None
        outage = [{"labels": {"alertname": "Outage"}}]
        httpx.post(f"{settings.alertmanager.url}/api/v2/alerts", json=outage, trust_env=False)
        result, _ = run.drilled(changed(settings, within=10.0))
        assert [a["labels"]["alertname"] for a in left(settings)] == ["Outage"]
    assert (result.status.value, result.reason.code) == ("fail", "drill-suppressed")


def test_without_a_webhook_the_route_alone_decides_nothing(tmp_path: Path) -> None:
    with routed(tmp_path) as settings:
        result, _ = run.drilled(changed(settings, webhook_listen=""))
        assert left(settings) == []
    assert (result.status.value, result.reason.code) == ("inconclusive", "drill-unwatched")
    assert result.reason.params["receivers"] == "page"


def test_the_end_is_not_awaited_beyond_its_time(tmp_path: Path) -> None:
    with routed(tmp_path, {**PAGE, "group_interval": "10m"}) as settings:
        result, _ = run.drilled(changed(settings, resolved_within=0.0))
        assert left(settings) == []
    assert (result.status.value, result.reason.code) == ("pass", "drill-delivered-open")


def test_an_interrupted_drill_ends_its_alert(tmp_path: Path) -> None:
    """Cancelled while it waits for an arrival that never comes."""
    route = {**PAGE, "group_wait": "10m"}
    with routed(tmp_path, route) as settings:
        ctx = run.context(None, {"Alerting": run.NO_FILES})

        async def interrupted() -> None:
            work = asyncio.create_task(DrillObserver().observe(ctx, settings))
            while not await asyncio.to_thread(left, settings):
                assert not work.done()
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work

        asyncio.run(interrupted())
        assert left(settings) == []


def test_a_budget_that_ends_meanwhile_still_ends_the_alert(tmp_path: Path) -> None:
    with routed(tmp_path) as settings:
        # Status, metrics, the alert, and its end, which was accounted for ahead.
        ctx = replace(run.context(None, {"Alerting": run.NO_FILES}), budget=RequestBudget(4))
        with pytest.raises(BudgetExhausted):
            asyncio.run(DrillObserver().observe(ctx, settings))
        assert left(settings) == []
    assert ctx.budget.sent == 4
    assert [r.method for r in ctx.sent.requests].count("POST") >= 1
