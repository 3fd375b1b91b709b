"""History against a double of Prometheus that misbehaves in every known way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from golive.api import Budgeting, Comparator, Config, Indicator, Slo, Status, Unavailable
from golive.codec import decode, encode
from golive.config.model import Prometheus
from golive_gates.slo import GATE
from golive_gates.slo.observers.history import HistoryObserver
from golive_gates.slo.parts import History
from golive_gates.slo.settings import Settings
from tests.gates.slo import doubles as d
from tests.gates.slo import parts as p

pytestmark = pytest.mark.anyio

Answerer = Callable[[str, bool, list[float]], object]
WEEK = replace(p.AVAILABILITY, window=7 * p.DAY)


def ask(slo: Slo, url: str, timeout: float = 2.0) -> Config:
    slos = tuple(slo if s.id == slo.id else s for s in p.SLOS)
    return replace(
        d.config("http://127.0.0.1:1", slos=slos), prometheus=Prometheus(url, timeout=timeout)
    )


async def history_of(
    handler: d.Handler, slo: Slo = WEEK, limit: float = 2.0
) -> tuple[History, d.TargetDouble]:
    async with d.target(handler) as double:
        ctx = d.context(ask(slo, double.url, limit))
        ctx = replace(ctx, prometheus_auth_headers=(("Authorization", "Bearer prom"),))
        part = await HistoryObserver().observe(ctx, Settings())
        planned = sum(w.requests for w in HistoryObserver().plan(ctx.scope, Settings()))
    assert isinstance(part, History)
    assert ctx.budget.sent == len(double.requests) <= planned
    assert decode(History, encode(part)) == part
    assert ctx.evidence.kept["prometheus.jsonl"]  # type: ignore[attr-defined]
    return part, double


def prometheus(answerer: Answerer) -> d.Handler:
    """A Prometheus double: *answerer* gives the value of a query at each time."""

    def handler(got: d.Got) -> d.Answer:
        url = urlsplit(got.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        ranged = url.path.endswith("query_range")
        if ranged:
            step, start, end = (float(query[k]) for k in ("step", "start", "end"))
            times = [start + step * i for i in range(int((end - start) // step) + 1)]
        else:
            times = [float(query["time"])]
        return d.answer(200, answerer(query["query"], ranged, times))

    return handler


def success(result: object, **more: object) -> dict[str, object]:
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **more}


def values(total: float, bad: float) -> Answerer:
    def answerer(query: str, ranged: bool, times: list[float]) -> object:
        looks = "count_over_time((count(" in query  # 840 s hold 12 looks, 70 s apart
        value = "12" if looks else str(bad if "5.." in query else total)
        if ranged:
            return success([{"metric": {}, "values": [[t, value] for t in times]}])
        return success([{"metric": {}, "value": [times[0], value]}])

    return answerer


def always(body: object) -> d.Handler:
    return lambda _: d.answer(200, body)


def status(
    part: History, check_id: str = "slo.availability", slo: Slo = WEEK
) -> tuple[Status, str]:
    check = next(c for c in GATE.checks if c.spec.id == check_id)
    result = check.evaluate(p.observed(p.definitions(slo), part), Settings())
    return result.status, result.reason.code


async def test_a_healthy_history() -> None:
    part, double = await history_of(prometheus(values(100_000, 10)))
    assert status(part) == (Status.PASS, "proven")
    assert status(part, "slo.error-budget") == (Status.PASS, "left")
    assert len(part.slice_total) == 7 * 86_400 // 840
    assert None not in part.slice_total
    first = double.requests[0]
    assert first.headers["authorization"] == "Bearer prom"
    assert (
        "sum(increase(http_requests_total[604800s]))"
        in parse_qs(urlsplit(first.path).query)["query"]
    )


def vector(*pairs: object) -> dict[str, object]:
    return success([{"metric": {}, "value": pair} for pair in pairs])


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        pytest.param(always(success([])), "prom-empty", id="empty"),
        pytest.param(always(vector([1, "NaN"])), "prom-nan", id="nan"),
        pytest.param(always(vector([1, "+Inf"])), "prom-infinite", id="inf"),
        pytest.param(always(vector([1, "-5"])), "prom-negative", id="negative"),
        pytest.param(always(vector([1, "0"])), "no-traffic", id="zero"),
        pytest.param(always(vector([1, "5"], [1, "6"])), "prom-several", id="several"),
        pytest.param(always(vector([1, "five"])), "prom-shape", id="text"),
        pytest.param(always(vector([1, 5])), "prom-shape", id="bare-number"),
        pytest.param(always(vector("x")), "prom-shape", id="no-pair"),
        pytest.param(always(success({"a": 1})), "prom-shape", id="no-list"),
        pytest.param(always({"status": "success"}), "prom-shape", id="no-data"),
        pytest.param(always({"status": "success", "data": None}), "prom-shape", id="null-data"),
        pytest.param(always([1]), "prom-shape", id="array"),
        pytest.param(always({"status": "error", "error": "bad query"}), "prom-status", id="error"),
        pytest.param(always(b"garbage"), "prom-not-json", id="garbage"),
        pytest.param(always(b""), "prom-not-json", id="nothing"),
        pytest.param(always(b"[" * 100_000), "prom-not-json", id="deep"),
        pytest.param(lambda _: d.answer(200, b"<html>login</html>", "text/html"), "prom-not-json",
                     id="html"),
        pytest.param(lambda _: d.answer(503, {}), "prom-status", id="503"),
        pytest.param(lambda _: d.answer(400, {"status": "error"}), "prom-status", id="400"),
        pytest.param(lambda _: d.answer(401, {}), "prom-auth", id="401"),
        pytest.param(lambda _: d.answer(302, {}, Location="/x"), "prom-redirect", id="redirect"),
        pytest.param(lambda _: d.hang, "prom-timeout", id="hanging"),
    ],
)  # fmt: skip
async def test_what_is_no_number_is_no_pass(handler: d.Handler, code: str) -> None:
    part, double = await history_of(handler, limit=0.4)
    assert status(part) == (Status.INCONCLUSIVE, code)
    assert status(part, "slo.error-budget") == (Status.INCONCLUSIVE, code)
    if code in ("prom-timeout", "prom-auth"):
        assert len(double.requests) == 1


async def test_a_body_that_never_ends_is_cut_at_the_deadline() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    part, _ = await history_of(lambda _: drip, limit=0.4)
    assert status(part) == (Status.INCONCLUSIVE, "prom-timeout")


async def test_a_body_that_stops_coming_is_a_time_out() -> None:
    async def stall(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n{")
        await writer.drain()
        await asyncio.Event().wait()

    part, _ = await history_of(lambda _: stall, limit=0.4)
    assert status(part) == (Status.INCONCLUSIVE, "prom-timeout")


async def test_a_body_that_is_too_large_is_not_kept() -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 9000000000\r\n\r\n")
        while True:
            writer.write(b" " * 1_000_000)
            await writer.drain()

    part, _ = await history_of(lambda _: flood, limit=20)
    assert status(part) == (Status.INCONCLUSIVE, "prom-too-large")


async def test_a_prometheus_that_is_down() -> None:
    async with d.target(lambda _: d.answer()) as double:
        gone = double.url
    ctx = d.context(ask(WEEK, gone))
    part = await HistoryObserver().observe(ctx, Settings())
    assert isinstance(part, History)
    assert status(part) == (Status.INCONCLUSIVE, "prom-unreachable")
    assert gone not in part.total.detail


async def test_warnings_of_a_partial_answer_are_kept() -> None:
    def partial(query: str, ranged: bool, times: list[float]) -> object:
        answer = values(100_000, 10)(query, ranged, times)
        assert isinstance(answer, dict)
        return answer | {"warnings": ["a store is missing"]}

    part, _ = await history_of(prometheus(partial))
    assert status(part) == (Status.INCONCLUSIVE, "prom-warnings")


async def test_a_selector_that_matches_nothing_is_not_a_service_without_failures() -> None:
    def no_bad(query: str, ranged: bool, times: list[float]) -> object:
        return success([]) if "5.." in query else values(100_000, 0)(query, ranged, times)

    part, _ = await history_of(prometheus(no_bad))
    assert status(part) == (Status.INCONCLUSIVE, "prom-empty")


async def test_a_young_history() -> None:
    def young(query: str, ranged: bool, times: list[float]) -> object:
        answer = values(100_000, 10)(query, ranged, times)
        assert isinstance(answer, dict)
        if ranged:
            series = answer["data"]["result"][0]
            series["values"] = series["values"][len(series["values"]) // 2 :]
        return answer

    part, _ = await history_of(prometheus(young))
    assert status(part) == (Status.INCONCLUSIVE, "young-history")


async def test_several_series_in_the_slices() -> None:
    def several(query: str, ranged: bool, times: list[float]) -> object:
        answer = values(100_000, 10)(query, ranged, times)
        assert isinstance(answer, dict)
        if ranged:
            answer["data"]["result"] *= 2
        return answer

    part, _ = await history_of(prometheus(several))
    assert status(part) == (Status.INCONCLUSIVE, "prom-several")


async def test_good_above_total_is_a_contradiction() -> None:
    good = replace(WEEK, indicator=Indicator("ratio", good='x{code!~"5.."}', total="x"))
    part, _ = await history_of(prometheus(values(100_000, 150_000)), good)
    assert status(part, slo=good) == (Status.INCONCLUSIVE, "contradictory")
    part, _ = await history_of(prometheus(values(100_000, 100_010)), good)
    assert status(part, slo=good) == (Status.PASS, "proven")


async def test_a_raw_ratio_and_its_failure_form() -> None:
    for raw_type, answered in (("success", 0.9995), ("failure", 0.0005)):
        indicator = Indicator("raw", query="job:ratio", raw_type=raw_type)  # type: ignore[arg-type]
        slo = replace(WEEK, indicator=indicator)
        part, double = await history_of(prometheus(values(answered, answered)), slo)
        assert part.kind == "raw"
        assert part.total.value == pytest.approx(0.9995)
        assert status(part, slo=slo) == (Status.WARN, "unweighed")
        assert status(part, "slo.error-budget", slo) == (Status.WARN, "unweighed")
        asked = [parse_qs(urlsplit(g.path).query)["query"][0] for g in double.requests]
        assert asked[0] == "avg_over_time((job:ratio)[604800s:840s])"


async def test_queries_that_are_rates_count_nothing() -> None:
    indicator = Indicator("ratio", good="a", total="b", counter=False)
    slo = replace(WEEK, indicator=indicator)
    part, double = await history_of(prometheus(values(0.9999, 0.9999)), slo)
    assert part.kind == "raw"
    query = parse_qs(urlsplit(double.requests[0].path).query)["query"][0]
    assert query.startswith("sum(sum_over_time((a)[604800s:840s])) / ")
    assert status(part, slo=slo) == (Status.WARN, "unweighed")


async def test_time_slices() -> None:
    slo = replace(WEEK, budgeting=Budgeting.TIMESLICES, slice_window=60.0, slice_target=0.95)

    def bursts(query: str, ranged: bool, times: list[float]) -> object:
        assert ranged
        bad = "5.." in query
        points = [[t, "10" if bad and i % 5_000 == 0 else "0" if bad else "100"]
                  for i, t in enumerate(times)]  # fmt: skip
        return success([{"metric": {}, "values": points}])

    part, double = await history_of(prometheus(bursts), slo, limit=60.0)
    assert part.kind == "slices"
    assert part.total.value == 7 * 1440
    assert part.bad is not None
    assert part.bad.value == 3
    assert len(double.requests) == 4
    assert status(part, slo=slo) == (Status.INCONCLUSIVE, "undecided") or status(part, slo=slo) == (
        Status.PASS,
        "proven-slices",
    )


async def test_a_slice_without_traffic_is_neither_good_nor_bad() -> None:
    slo = replace(WEEK, budgeting=Budgeting.TIMESLICES, slice_window=3600.0, slice_target=0.95)

    def quiet(query: str, ranged: bool, times: list[float]) -> object:
        del query, ranged
        points = [[t, "0"] for t in times]
        return success([{"metric": {}, "values": points}])

    part, _ = await history_of(prometheus(quiet), slo)
    assert status(part, slo=slo) == (Status.INCONCLUSIVE, "no-traffic")


async def test_a_value_indicator_is_counted_in_slices() -> None:
    indicator = Indicator("value", query="latency", op=Comparator.LE)
    slo = replace(WEEK, indicator=indicator, threshold=0.5)
    part, _ = await history_of(prometheus(values(0.4, 0.4)), slo)
    assert part.bad is not None
    assert part.bad.value == 0
    part, _ = await history_of(prometheus(values(0.6, 0.6)), slo)
    assert status(part, slo=slo) == (Status.FAIL, "refuted-slices")


@pytest.mark.parametrize(
    ("slo", "code", "blocked_by"),
    [
        (replace(WEEK, indicator=None), "no-indicator", None),
        (replace(WEEK, indicator=Indicator("raw")), "no-indicator", None),
        (replace(WEEK, window=None), "undefined-slo", "slo.defined"),
        (replace(WEEK, objective=None), "undefined-slo", "slo.defined"),
    ],
)
async def test_without_an_indicator_nothing_is_asked(
    slo: Slo, code: str, blocked_by: str | None
) -> None:
    ctx = d.context(ask(slo, "http://127.0.0.1:1"))
    part = await HistoryObserver().observe(ctx, Settings())
    assert isinstance(part, Unavailable)
    assert (part.reason.code, part.blocked_by) == (code, blocked_by)
    assert ctx.budget.sent == 0
    assert HistoryObserver().plan(ctx.scope, Settings()) == ()


async def test_without_prometheus_nothing_is_asked() -> None:
    settled = d.config("http://127.0.0.1:1")
    part = await HistoryObserver().observe(d.context(settled), Settings())
    assert isinstance(part, Unavailable)
    assert part.reason.code == "core.needs-prometheus"
