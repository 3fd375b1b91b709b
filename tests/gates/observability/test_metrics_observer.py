"""The observer of expositions, against servers on loopback and files."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from golive.api import (
    BudgetExhausted,
    Config,
    Observation,
    RunContext,
    ServiceEndpoint,
    Target,
    Unavailable,
)
from golive.codec import decode, encode
from golive.config.model import Service as Product
from golive.context import RequestBudget
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.observers import exposition
from golive_gates.observability.observers.exposition import ExpositionObserver
from golive_gates.observability.settings import Settings
from tests.gates.observability.exposing import MONITOR, demo_pages
from tests.gates.observability.snippets import alerting
from tests.gates.slo import doubles
from tests.gates.slo.doubles import Answer, Got, MemoryEvidence

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def context(*services: ServiceEndpoint, base: Path = Path()) -> RunContext:
    target = Target(services) if services else None
    settled = Config("golive/v1", Product("shop", "1"), target=target)
    ctx = doubles.context(settled, observed=Observation({"Alerting": alerting(MONITOR)}))
    return replace(ctx, gate="observability", scope=replace(ctx.scope, base=base))


def observed(ctx: RunContext, settings: Settings | None = None) -> Exposed | Unavailable:
    """What the observer returns within what it planned, as a record gives it back."""
    observer, chosen = ExpositionObserver(), settings or Settings()
    planned = sum(w.requests for w in observer.plan(ctx.scope, chosen))
    part = asyncio.run(observer.observe(ctx, chosen))
    assert ctx.budget.sent <= planned
    if isinstance(part, Exposed):
        assert decode(Exposed, json.loads(json.dumps(encode(part), allow_nan=False))) == part
    return part


async def _answered(reply: Answer, path: str, **changes: str) -> tuple[Exposed, list[Got]]:
    def handler(got: Got) -> Answer:
        if got.path == "/moved":
            return doubles.answer(307, b"", location="/metrics/")
        return reply

    async with doubles.target(handler) as double:
        urls = {"url": double.url, **{k: v.format(double.url) for k, v in changes.items()}}
        ctx = context(ServiceEndpoint("api", metrics=path, **urls))
        part = await ExpositionObserver().observe(ctx, Settings())
        assert isinstance(part, Exposed)
        return part, double.requests


def answered(reply: Answer, path: str = "/metrics", **changes: str) -> tuple[Exposed, list[Got]]:
    """The part for one service that answers *reply*, and what reached it."""
    return asyncio.run(_answered(reply, path, **changes))


def page(body: bytes, **headers: str) -> bytes:
    return doubles.answer(200, body, TEXT, **headers)


def test_a_live_page_with_the_labels_of_its_target() -> None:
    part, requests = answered(page(demo_pages()["project-service"]))
    assert (part.live, part.unseen, len(part.evidence)) == (True, (), 1)
    found = part.inventory.samples("http_requests_total")[0].labels
    assert (found["namespace"], found["service"]) == ("shop", "api")
    assert found["exported_service"] == "project-service"
    assert [r.path for r in requests] == ["/metrics"]
    assert "authorization" not in requests[0].headers
    assert requests[0].headers["accept"].startswith("application/openmetrics-text")


def test_the_address_beside_the_proxy_goes_first() -> None:
    part, _ = answered(page(b"x 1\n"), url="http://127.0.0.1:9", direct_url="{}")
    assert part.inventory.samples("x")


def test_a_redirect_and_unasked_gzip_are_followed() -> None:
    moved, requests = answered(page(b"x 1\n"), "/moved")
    assert moved.live
    assert [r.path for r in requests] == ["/moved", "/metrics/"]
    packed, _ = answered(page(gzip.compress(b"x 1\n"), content_encoding="gzip"))
    assert packed.live


@pytest.mark.parametrize(
    ("reply", "code", "charged"),
    [
        (doubles.answer(401, b"no", TEXT), "unauthorised", False),
        (doubles.answer(403, b"x 1\n", TEXT), "unauthorised", False),
        (doubles.answer(404, b"x 1\n", TEXT), "missing", True),
        (doubles.answer(503, b"x 1\n", TEXT), "status", True),
        (doubles.answer(200, b"<html><body>hi", "text/html"), "html", True),
        (doubles.answer(200, {"status": "ok"}), "json", True),
        (page(b""), "empty", True),
        (page(b"# HELP only words\n"), "no-series", True),
        (page(b"x 1\ny is two\n"), "unparseable", True),
        (page(b"x 1\n" * 5_000_000), "too-large", False),
        (page(gzip.compress(b"x" * 20_000_000), content_encoding="gzip"), "too-large", False),
        (page(b"x 1\n", content_encoding="br"), "encoded", False),
        (page(b"not gzip", content_encoding="gzip"), "encoded", False),
        (page(b"x 1\n").replace(b"Length: 4", b"Length: 400"), "unreachable", False),
        (b"nonsense\r\n\r\n", "unreachable", False),
    ],
)
def test_a_page_that_is_none_gives_no_inventory(reply: bytes, code: str, charged: bool) -> None:
    part, _ = answered(_and_close(reply))
    exposure = part.exposures[0]
    assert exposure.inventory is None
    assert exposure.trouble is not None
    assert (exposure.trouble.code, exposure.charged) == (f"metrics-{code}", charged)
    assert (part.unseen, part.live, part.inventories) == (("api",), False, ())


def _and_close(reply: bytes) -> Answer:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()
        writer.close()

    return write


def test_a_service_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition, "TIMEOUT", 0.2)
    part, _ = answered(doubles.hang)
    assert part.exposures[0].trouble is not None
    assert part.exposures[0].trouble.code == "metrics-unreachable"


def test_nan_and_infinity_come_through() -> None:
    part, _ = answered(page(b"x NaN\ny +Inf\n"))
    assert [s.value for s in part.inventory.all_series()] == [None, float("inf")]
    assert [r.code for r in part.exposures[0].remarks] == ["not-a-number"]


def test_what_was_no_page_is_kept_as_evidence_in_part() -> None:
    async def run() -> dict[str, bytes]:
        def handler(_: Got) -> bytes:
            return doubles.answer(200, b"<html>" + b"x" * 10_000, "text/html")

        async with doubles.target(handler) as double:
            ctx = context(ServiceEndpoint("api", double.url, metrics="/metrics"))
            await ExpositionObserver().observe(ctx, Settings())
            assert isinstance(ctx.evidence, MemoryEvidence)
            return ctx.evidence.kept

    kept = asyncio.run(run())
    assert {name: len(body) for name, body in kept.items()} == {"metrics-api.txt": 4096}


def test_files_stand_for_services(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "api-1.prom").write_text("x 1\n", encoding="utf-8")
    (tmp_path / "m" / "chroma.prom").write_text("# TYPE y counter\ny_total 1\n# EOF\n")
    ctx = context(ServiceEndpoint("api", "http://127.0.0.1:9"), base=tmp_path)
    part = observed(ctx, Settings(exposition=("m/*.prom", str(tmp_path / "m" / "api-1.prom"))))
    assert isinstance(part, Exposed)
    assert [(s.service, s.where) for s in part.inventory.sources] == [
        ("api", "m/api-1.prom"), ("chroma", "m/chroma.prom"),
    ]  # fmt: skip
    assert (part.live, part.unasked) == (False, ())
    assert part.inventory.label_values("y_total", "job") == ("chroma",)


def test_declared_target_labels_go_on_top(tmp_path: Path) -> None:
    (tmp_path / "api.prom").write_text("x 1\n", encoding="utf-8")
    settings = Settings(
        exposition=("api.prom",), target_labels={"api": {"job": "web", "team": "t"}}
    )
    part = observed(context(base=tmp_path), settings)
    assert isinstance(part, Exposed)
    found = part.inventory.samples("x")[0].labels
    assert (found["job"], found["team"], found["namespace"]) == ("web", "t", "shop")


@pytest.mark.parametrize("name", ["gone.prom", "folder", "gone/*.prom"])
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    part = observed(context(base=tmp_path), Settings(exposition=(name,)))
    assert isinstance(part, Exposed)
    assert [e.trouble.code for e in part.exposures if e.trouble] == ["metrics-unreadable"]


def test_a_file_that_is_too_large_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.prom").write_bytes(b"x 1\n" * 5_000_000)
    (tmp_path / "b.prom").write_bytes(b"<html>")
    part = observed(context(base=tmp_path), Settings(exposition=("*.prom",)))
    assert isinstance(part, Exposed)
    codes = [e.trouble.code for e in part.exposures if e.trouble]
    assert codes == ["metrics-too-large", "metrics-html"]


def test_services_that_declare_nothing() -> None:
    nothing = observed(context(ServiceEndpoint("api", "http://127.0.0.1:9")))
    assert isinstance(nothing, Unavailable)
    assert (nothing.kind, nothing.reason.code) == ("absent", "no-exposition")
    one = context(
        ServiceEndpoint("api", "http://127.0.0.1:9", metrics="/metrics"),
        ServiceEndpoint("web", "http://127.0.0.1:9"),
    )
    part = observed(one)
    assert isinstance(part, Exposed)
    assert (part.unasked, part.unseen) == (("web",), ("api", "web"))


def test_nothing_is_sent_beyond_the_budget() -> None:
    ctx = context(ServiceEndpoint("api", "http://127.0.0.1:9", metrics="/metrics"))
    ctx = replace(ctx, budget=RequestBudget(0))
    with pytest.raises(BudgetExhausted):
        asyncio.run(ExpositionObserver().observe(ctx, Settings()))
