"""The history observer against a real Prometheus with a small backfilled history."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from golive.api import Budgeting, Comparator, Indicator, Slo, Status
from golive.config.model import Prometheus
from golive_gates.slo import GATE
from golive_gates.slo.observers.history import HistoryObserver
from golive_gates.slo.parts import History
from golive_gates.slo.settings import Settings
from golive_gates.slo.window import coverage_of
from tests.gates.slo import doubles as d
from tests.gates.slo import parts as p

pytestmark = pytest.mark.anyio

HOUR = 3600.0
STEP = 60
TOTAL, BAD = 'http_requests_total{job="demo"}', 'http_requests_total{job="demo",code="500"}'
SLO = replace(p.AVAILABILITY, window=6 * HOUR, indicator=Indicator("ratio", bad=BAD, total=TOTAL))


def lines(now: float) -> Iterator[str]:
    """7 h of 1,000 requests a minute of which one in 2,000 fails, and oddities beside them."""
    start = int(now) - 7 * 3600
    times = range(start, int(now), STEP)
    yield "# TYPE http_requests counter"
    for code, each in (("200", 999.5), ("500", 0.5)):
        for i, t in enumerate(times):
            yield f'http_requests_total{{job="demo",code="{code}"}} {each * i} {t}'
    for i, t in enumerate(times):  # half of the window only
        if i > len(times) // 2:
            yield f'http_requests_total{{job="young",code="200"}} {1000 * i} {t}'
    yield "# TYPE odd gauge"
    for t in times:
        yield f'odd{{is="nan"}} NaN {t}'
    yield "# EOF"


@asynccontextmanager
async def prometheus(folder: Path, metrics: Iterable[str]) -> AsyncIterator[str]:
    """A Prometheus on a free port with the history, stopped at the end."""
    data = folder / "data"
    (folder / "metrics.om").write_text("\n".join(metrics) + "\n")
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1m}\n")
    await asyncio.to_thread(
        subprocess.run,
        # One block instead of one for every two hours.
        [
            "promtool",
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            "--max-block-duration=768h",
            "metrics.om",
            str(data),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=30d",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _ready(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _ready(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(60):
        while True:
            try:
                if (await client.get(f"{url}/-/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def history(
    url: str, indicator: Indicator, window: float = 6 * HOUR, slo: Slo = SLO
) -> History:
    slo = replace(slo, indicator=indicator, window=window)
    slos = tuple(slo if s.id == "availability" else s for s in p.SLOS)
    settled = replace(
        d.config("http://127.0.0.1:1", slos=slos), prometheus=Prometheus(url, scrape_interval=60.0)
    )
    part = await HistoryObserver().observe(d.context(settled), Settings())
    assert isinstance(part, History)
    return part


def status(check_id: str, part: History) -> tuple[Status, str]:
    check = next(c for c in GATE.checks if c.spec.id == check_id)
    result = check.evaluate(p.observed(p.definitions(SLO), part), Settings())
    return result.status, result.reason.code


async def test_a_backfilled_history(tmp_path: Path) -> None:
    async with prometheus(tmp_path, lines(time.time())) as url:
        good = await history(url, Indicator("ratio", bad=BAD, total=TOTAL))
        assert good.total.value == pytest.approx(360_000, rel=0.02)
        assert good.bad is not None
        assert good.bad.value == pytest.approx(180, rel=0.05)
        assert good.warnings == ()
        assert sum(v is not None for v in good.slice_total) >= 0.95 * len(good.slice_total)
        assert status("slo.availability", good) == (Status.PASS, "proven")
        assert status("slo.error-budget", good)[0] is Status.PASS

        same = await history(
            url, Indicator("ratio", good='http_requests_total{job="demo",code="200"}', total=TOTAL)
        )
        assert same.bad is not None
        assert same.bad.value == pytest.approx(good.bad.value, rel=0.05)

        raw = await history(url, Indicator("raw", query="vector(1)"))
        assert status("slo.availability", raw) == (Status.WARN, "unweighed")
        assert status("slo.error-budget", raw) == (Status.WARN, "unweighed")

        young = 'http_requests_total{job="young"}'
        part = await history(url, Indicator("ratio", good=young, total=young))
        assert status("slo.availability", part) == (Status.INCONCLUSIVE, "young-history")

        for indicator, code in (
            (Indicator("ratio", bad=BAD, total="no_such_series"), "prom-empty"),
            (Indicator("ratio", bad="no_such_series", total=TOTAL), "prom-empty"),
            (Indicator("raw", query='odd{is="nan"}'), "prom-nan"),
            (Indicator("raw", query=TOTAL), "prom-several"),
            (Indicator("raw", query="vector(0) / 0"), "prom-nan"),
            (Indicator("raw", query="vector(2)"), "out-of-range"),
            (Indicator("raw", query="this is not PromQL"), "prom-status"),
        ):
            part = await history(url, indicator)
            assert status("slo.availability", part) == (Status.INCONCLUSIVE, code)


def week(now: float, down: tuple[float, float]) -> Iterator[str]:
    """Seven days without a failure, and without a sample while the service was *down*."""
    yield "# TYPE http_requests counter"
    for code, each in (("200", 4_000), ("500", 0)):
        for i, t in enumerate(range(int(now) - 7 * 86_400 - 600, int(now), 240)):
            if not down[0] <= now - t < down[1]:
                yield f'http_requests_total{{job="demo",code="{code}"}} {each * i} {t}'
    yield "# EOF"


@pytest.mark.parametrize(
    ("down", "expected"),
    [
        ((0.0, 0.0), (Status.PASS, "proven")),
        ((60 * HOUR, 60.75 * HOUR), (Status.INCONCLUSIVE, "gaps")),
        ((60 * HOUR, 64 * HOUR), (Status.INCONCLUSIVE, "gaps")),
    ],
)
async def test_a_week_with_and_without_an_outage(
    tmp_path: Path, down: tuple[float, float], expected: tuple[Status, str]
) -> None:
    async with prometheus(tmp_path, week(time.time(), down)) as url:
        part = await history(url, Indicator("ratio", bad=BAD, total=TOTAL), 7 * p.DAY)
    assert status("slo.availability", part) == expected
    if down[1]:
        missing = (down[1] - down[0] - 540) / (7 * p.DAY)  # a sample counts for five minutes
        assert coverage_of(part).missing == pytest.approx(missing, abs=900 / (7 * p.DAY))
    else:
        assert coverage_of(part).missing == 0


def ten_minutes_an_hour(now: float) -> Iterator[str]:
    """Seven days of a service that was scraped only at the end of each hour before *now*."""
    yield "# TYPE http_requests counter"
    for code, each in (("200", 1_000), ("500", 0)):
        for i, t in enumerate(range(int(now) - 7 * 86_400 - 600, int(now), 60)):
            if (now - t) % HOUR < 600:
                yield f'http_requests_total{{job="demo",code="{code}"}} {each * i} {t}'
    yield "# EOF"


async def test_an_outage_in_every_hour_is_no_coverage(tmp_path: Path) -> None:
    sliced = replace(
        SLO, budgeting=Budgeting.TIMESLICES, slice_window=HOUR, slice_target=0.99, threshold=1e12
    )
    slow = Indicator("value", query=f"sum({TOTAL})", op=Comparator.LE)
    async with prometheus(tmp_path, ten_minutes_an_hour(time.time())) as url:
        for indicator in (Indicator("ratio", bad=BAD, total=TOTAL), slow):
            part = await history(url, indicator, 7 * p.DAY, sliced)
            assert status("slo.availability", part) == (Status.INCONCLUSIVE, "holes")
            # Ten minutes, and five more for which a sample counts as present.
            assert coverage_of(part).share == pytest.approx(900 / HOUR, abs=0.1)
