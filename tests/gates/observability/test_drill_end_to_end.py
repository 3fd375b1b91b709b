"""The real way of an alert: a fault, Prometheus, Alertmanager, and a webhook that it reaches."""

from __future__ import annotations

import asyncio
from pathlib import Path

from golive.api import Prometheus
from golive_gates.observability.live.webhook import Webhook
from tests.gates.observability import live_run as run
from tests.gates.observability import programs
from tests.gates.observability.live_exposed import exposed

LONG = 60.0
"""Seconds: far more than scraping, evaluating and notifying take, all at 1 s."""

QUICK = """\
groups:
  - name: quick
    interval: 1s
    rules:
      - alert: AnyFailure
        expr: sum by (service) (http_requests_total{code=~"5.."}) > 0
        for: 1s
        labels: {severity: critical, golive_drill: end-to-end}
        annotations: {summary: s, runbook_url: https://example.com/r}
"""


def test_a_fault_of_the_service_reaches_the_receiver_and_its_end_too(tmp_path: Path) -> None:
    """The demo's rules and a quick one; the service fails, the page arrives; it recovers."""
    rules, quick = tmp_path / "rules.yml", tmp_path / "quick.yml"
    text = run.RULES.read_text(encoding="utf-8")
    rules.write_text(text.replace("interval: 30s", "interval: 1s"), encoding="utf-8")
    quick.write_text(QUICK, encoding="utf-8")

    async def way() -> None:
        async with Webhook("127.0.0.1", 0, "end-to-end") as hook:
            await asyncio.to_thread(between, hook, asyncio.get_running_loop())

    def between(hook: Webhook, loop: asyncio.AbstractEventLoop) -> None:
        def arrival(status: str) -> tuple[str, float] | None:
            return asyncio.run_coroutine_threadsafe(hook.arrival(status, LONG), loop).result()

        route = {
            "receiver": "nobody",
            "group_by": ["alertname", "service"],
            "routes": [{"receiver": "page", "matchers": ['severity="critical"']}],
        }
        receivers = {"nobody": "", "page": f"http://{hook.address}/"}
        with (
            programs.exporter(exposed("project-service")) as service,
            programs.exporter(exposed("generation-service")) as other,
            programs.alertmanager(tmp_path / "alertmanager", receivers, route) as manager,
            programs.prometheus(
                tmp_path / "prometheus",
                {"project-service": [service.address], "generation-service": [other.address]},
                [rules, quick],
                alertmanager=manager,
            ) as url,
        ):
            quiet(url, "every rule was evaluated, and none fires")
            seen = run.seen(Prometheus(url, scrape_interval=1.0), run.files(rules, quick))
            assert run.statuses(seen) == dict.fromkeys(run.LIVE, "pass")
            assert hook.notes == []

            service.text = exposed("project-service", failed=3)
            firing = arrival("firing")
            assert firing is not None, "the page did not arrive"
            assert firing[0] == "page"

            service.text = exposed("project-service")
            assert arrival("resolved") is not None, "the end of it did not arrive"
            quiet(url, "nothing fires any more")

    def quiet(url: str, what: str) -> None:
        def look() -> bool:
            groups = programs.got(f"{url}/api/v1/rules")["data"]["groups"]
            found = [r for g in groups for r in g["rules"]]
            states = {r["state"] for r in found if r["type"] == "alerting"}
            return {r["health"] for r in found} == {"ok"} and states == {"inactive"}

        programs.until(look, what)

    asyncio.run(way())
