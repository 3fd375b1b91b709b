"""What one query leaves behind must not reach the next one."""

from __future__ import annotations

import asyncio
import threading

import pytest
from prometheus_api_client import PrometheusConnect

from golive.config.model import Prometheus
from golive.prometheus import KEPT, PrometheusReader
from tests.gates.slo import doubles as d

pytestmark = pytest.mark.anyio

ONE = {"status": "success", "data": {"resultType": "vector", "result": []}, "warnings": ["late"]}


def reader(url: str, timeout: float = 5.0) -> PrometheusReader:
    return PrometheusReader(Prometheus(url, timeout=timeout), {}, lambda: None)


async def test_only_the_beginning_of_an_answer_is_kept() -> None:
    long = {"status": "success", "data": {"result": [], "more": "x" * 1_000_000}}
    async with d.target(lambda _: d.answer(200, long)) as double:
        asks = reader(double.url)
        result, trouble = await asks.instant("up", 1.0)
        asks.close()
    assert (result, trouble) == ([], None)
    assert [len(a.answer) for a in asks.asked] == [KEPT]


async def test_a_late_answer_is_not_credited_to_the_next_query(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread of a query that timed out answers while the next query is under way."""
    let_go, came_back = threading.Event(), threading.Event()
    asked = PrometheusConnect.custom_query

    def slow(client: PrometheusConnect, query: str, params: dict[str, str]) -> object:
        if query != "first":
            let_go.set()
            assert came_back.wait(10)
            return asked(client, query, params=params)
        assert let_go.wait(10)
        try:
            return asked(client, query, params=params)
        finally:
            came_back.set()

    monkeypatch.setattr(PrometheusConnect, "custom_query", slow)
    handler = lambda got: d.answer(200, ONE if "first" in got.path else ONE | {"warnings": []})  # noqa: E731
    async with d.target(handler) as double:
        asks = reader(double.url, timeout=0.1)
        result, trouble = await asks.instant("first", 1.0)
        assert result is None
        assert trouble is not None
        assert trouble.code == "prom-timeout"
        asks.settings = Prometheus(double.url, timeout=10.0)
        result, trouble = await asks.instant("second", 1.0)
        await asyncio.to_thread(came_back.wait, 10)
        asks.close()
    assert (result, trouble) == ([], None)
    assert asks.warnings == []
    assert [(a.query, a.problem, "late" in a.answer) for a in asks.asked] == [
        ("first", "prom-timeout", False),
        ("second", "", False),
    ]
