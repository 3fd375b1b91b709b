"""Loud work is sent only where a named person allowed it, or to this machine itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from core_records import config

from golive.authorisation import Grant, Resolver, is_loopback, permit
from golive.config.release import Authorisation, Permission
from golive.context import RequestBudget, RunContext, Scope, Silent, SystemClock
from golive.evidence import FileEvidence
from golive.observation import Unavailable

pytestmark = pytest.mark.anyio


class Noon(SystemClock):
    def now(self) -> datetime:
        return datetime(2026, 3, 10, 12, tzinfo=UTC)


def allowed(until: date = date(2026, 3, 10), host: str = "api.example.com") -> Authorisation:
    return Authorisation((host,), (Permission.LOAD,), "Kim", until)


def context(*entries: Authorisation) -> RunContext:
    return RunContext(
        run_id="run",
        gate="load",
        scope=Scope(replace(config(), authorisations=entries), Path()),
        clock=Noon(),
        evidence=FileEvidence(Path("never"), Path(), lambda data: data),
        budget=RequestBudget(0),
        progress=Silent(),
        headers=(),
    )


def leads_to(*addresses: str) -> Resolver:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


async def refusal(ctx: RunContext, url: str, *addresses: str) -> str:
    found = await permit(ctx, Permission.LOAD, url, resolve=leads_to(*addresses))
    assert isinstance(found, Unavailable)
    return found.reason.code


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "127.8.9.10"])
async def test_this_machine_needs_no_authorisation(host: str) -> None:
    found = await permit(context(), Permission.PENETRATION, f"http://{host}:8080/x")
    assert isinstance(found, Grant)
    assert found.loopback
    assert found.address == host.strip("[]")


async def test_a_name_that_calls_itself_local_must_lead_here() -> None:
    assert await refusal(context(), "http://localhost/", "10.0.0.7") == "core.not-authorised"


async def test_any_other_host_must_be_named() -> None:
    ctx = context(allowed())
    assert await refusal(ctx, "https://www.example.com/", "192.0.2.1") == "core.not-authorised"


async def test_the_kind_of_work_must_be_named() -> None:
    resolve = leads_to("192.0.2.1")
    found = await permit(
        context(allowed()), Permission.FAULT, "https://api.example.com/", resolve=resolve
    )
    assert isinstance(found, Unavailable)
    assert found.reason.code == "core.not-authorised"


async def test_the_last_day_counts_and_the_next_does_not() -> None:
    url = "https://API.example.com./v1"
    found = await permit(
        context(allowed()), Permission.LOAD, url, resolve=leads_to("192.0.2.1", "192.0.2.2")
    )
    assert found == Grant(
        Permission.LOAD, "api.example.com", "192.0.2.1", False, "Kim", date(2026, 3, 10)
    )
    ended = context(allowed(date(2026, 3, 9)))
    assert await refusal(ended, url, "192.0.2.1") == "core.authorisation-expired"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "fe80::1",
        "64:ff9b::7f00:1",
        "100.100.100.200",
        "fd00:ec2::254",
    ],
)
async def test_an_authorised_name_that_leads_elsewhere_is_not_followed(address: str) -> None:
    ctx = context(allowed())
    assert (
        await refusal(ctx, "https://api.example.com/", "192.0.2.1", address)
        == "core.unsafe-address"
    )


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http:///x", "nonsense", "http://[::1"])
async def test_what_cannot_be_resolved_is_refused(url: str) -> None:
    found = await permit(context(), Permission.LOAD, url)
    assert isinstance(found, Unavailable)
    assert found.reason.code == "core.unresolved"


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), ("LocalHost.", True), ("10.0.0.1", False), ("x", False)],
)
def test_a_plan_knows_this_machine_by_its_names(host: str, own: bool) -> None:
    assert is_loopback(host) is own
