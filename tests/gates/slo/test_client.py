"""The way to the target: authorities, identity, and how long a 429 asks to wait."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import certifi
import pytest

from golive.api import VERSION, Grant, Permission, Scope
from golive.config.model import Prometheus, Tls
from golive.prometheus import PrometheusReader
from golive.target_client import LONGEST_WAIT, retry_after, target_probe
from tests.gates.slo import doubles as d

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def with_authority(folder: Path) -> Tls:
    """The first authority of the machine's own bundle, as ``ca.pem`` in *folder*."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition(
        "-----END CERTIFICATE-----"
    )  # fmt: skip
    (folder / "ca.pem").write_text(first + end + "\n", encoding="utf-8")
    return Tls(ca="ca.pem")


@pytest.mark.anyio
async def test_authorities_are_found_beside_the_configuration(tmp_path: Path) -> None:
    tls = with_authority(tmp_path)
    settled = d.config("https://127.0.0.1:1", target_changes={"tls": tls})
    ctx = replace(d.context(settled), scope=Scope(settled, tmp_path))
    async with target_probe(ctx) as probe:
        exchange = await probe.call("GET", "https://127.0.0.1:1/")
    assert exchange.status is None
    assert exchange.failure is not None
    assert exchange.failure.kind == "refused"


def test_authorities_of_prometheus_are_found_beside_the_configuration(tmp_path: Path) -> None:
    tls = with_authority(tmp_path)
    reader = PrometheusReader(
        Prometheus("https://127.0.0.1:1", tls=tls), {}, lambda: None, base=tmp_path
    )
    client = reader._connect()
    trusted = client._session.verify
    client.close()
    assert trusted == str(tmp_path / "ca.pem")
    assert ssl.create_default_context(cafile=trusted)


@pytest.mark.anyio
async def test_requests_carry_the_real_version() -> None:
    async with d.target(lambda _: d.answer(200, {})) as double:
        ctx = replace(d.context(d.config(double.url)), headers=())
        async with target_probe(ctx) as probe:
            await probe.call("GET", double.url)
    agent = double.requests[0].headers["user-agent"]
    assert agent.startswith(f"golive/{VERSION} ")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 7 ", 7.0),
        ("99999999999", LONGEST_WAIT + 1),
        ("Fri, 02 Jan 2026 03:04:45 GMT", 40.0),
        ("Fri, 02 Jan 2026 05:04:45 +0200", 40.0),
        ("Fri, 02 Jan 2026 04:04:05 GMT", LONGEST_WAIT + 1),
        # A date that has passed is a clock that differs: never hammer at once.
        ("Fri, 02 Jan 2026 03:00:00 GMT", 1.0),
        ("Fri, 99 Jan 2026 03:00:00 GMT", 1.0),
        ("Fri, 02 Jan 99999999999 03:00:00 GMT", 1.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("", 1.0),
        (None, 1.0),
    ],
)
def test_retry_after(value: str | None, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["generator.invalid", "GENERATOR.invalid."])
async def test_a_granted_host_is_reached_at_the_address_that_was_checked(name: str) -> None:
    async with d.target(lambda _: d.answer(200, {"ok": True})) as double:
        port = double.url.rpartition(":")[2]
        settled = d.config(f"http://{name}:{port}")
        grant = Grant(Permission.LOAD, "Generator.invalid", "127.0.0.1", loopback=False)
        async with target_probe(d.context(settled), grant) as probe:
            exchange = await probe.call("GET", f"http://{name}:{port}/x")
        assert exchange.status == 200
        assert double.requests[0].headers["host"].lower() == f"{name.lower()}:{port}"
