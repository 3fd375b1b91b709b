"""Who may take part, and in what."""

from __future__ import annotations

import dataclasses

import pytest

from golive.probe.load import Arrival, LoadPlan, Request, Schedule, Shard
from golive.probe.load.cluster_fit import check_targets, check_versions, member_of
from golive.probe.load.cluster_host import ClusterError, Host, Member, this_host
from golive.probe.load.cluster_members import spread
from golive.probe.load.cluster_order import Order, pack, unpack


def versions(python: str = "3.11.7.final.0", distributed: str = "2026.8.0") -> dict[str, object]:
    return {"packages": {"python": python, "distributed": distributed, "numpy": None}}


def all_of(scheduler: object, worker: object) -> dict[str, object]:
    return {"client": versions(), "scheduler": scheduler, "workers": {"tcp://w:1": worker}}


def test_equal_versions_fit() -> None:
    check_versions(all_of(versions(), versions()))
    # Another patch of Python runs the same bytecode.
    check_versions(all_of(versions("3.11.9.final.0"), versions("3.11.2.final.0")))


@pytest.mark.parametrize(
    ("scheduler", "worker", "said"),
    [
        (versions("3.12.1.final.0"), versions(), "python differs: here 3.11, scheduler has 3.12"),
        (versions(), versions("3.13.0"), "python differs: here 3.11, worker tcp://w:1 has 3.13"),
        (
            versions(),
            versions(distributed="2025.1.0"),
            "distributed differs: here 2026.8.0, worker tcp://w:1 has 2025.1.0",
        ),
        (versions(), {}, "python differs: here 3.11, worker tcp://w:1 has unknown"),
        (None, versions(), "python differs: here 3.11, scheduler has unknown"),
    ],
)
def test_versions_that_differ_are_both_named(scheduler: object, worker: object, said: str) -> None:
    with pytest.raises(ClusterError) as told:
        check_versions(all_of(scheduler, worker))
    assert str(told.value) == said


def answer(**changes: object) -> dict[str, object]:
    return {"identity": "w-1", "host": {**dataclasses.asdict(this_host()), **changes}}


def test_a_member_of_our_own_build() -> None:
    member = member_of("tcp://w:1", answer(name="far", pid=7))
    assert member.identity == "w-1"
    assert member.label == "tcp://w:1 (far:7)"


def test_another_source_of_the_same_version_is_another_build() -> None:
    here = this_host()
    with pytest.raises(ClusterError) as told:
        member_of("tcp://w:1", answer(sources="0" * 12))
    assert f"here {here.golive} (source {here.sources})" in str(told.value)
    assert f"has {here.golive} (source 000000000000)" in str(told.value)


@pytest.mark.parametrize(("version", "said"), [("", "has none"), ("0.0.1", "has 0.0.1")])
def test_a_worker_without_our_modules(version: str, said: str) -> None:
    with pytest.raises(ClusterError, match=said) as told:
        member_of("tcp://w:1", {"identity": "w", "golive": version, "missing": "No module"})
    assert "pip install" in told.value.hint


def test_a_worker_that_says_nothing() -> None:
    with pytest.raises(ClusterError, match="did not say who it is"):
        member_of("tcp://w:1", None)


def plan(url: str, address: str | None = None) -> LoadPlan:
    return LoadPlan((Request("GET", url, address=address),), Schedule(Arrival.CONSTANT, 2, rate=1))


def member(**changes: object) -> Member:
    return Member("tcp://w:1", "w", Host(**{**dataclasses.asdict(this_host()), **changes}))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1]:1/", "http://198.18.0.9/"])
def test_an_address_as_host_is_the_one_that_was_checked(url: str) -> None:
    check_targets(plan(url), [member()])


def test_a_name_needs_its_checked_address() -> None:
    check_targets(plan("http://target.invalid/", "198.18.0.9"), [member()])
    with pytest.raises(ClusterError, match=r"target\.invalid names no address"):
        check_targets(plan("http://target.invalid/"), [member()])


@pytest.mark.parametrize("changes", [{"boot": "another"}, {"network": "net:[1]"}, {"network": ""}])
def test_loopback_is_another_machine_elsewhere(changes: dict[str, object]) -> None:
    far = member(**changes)
    check_targets(plan("http://198.18.0.9/"), [member(), far])
    for address in ("127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::ffff:127.0.0.1", "169.254.1.1"):
        with pytest.raises(ClusterError, match="is another machine for worker"):
            check_targets(plan("http://target.invalid/", address), [member(), far])


def test_a_clock_is_shared_by_one_boot_and_one_namespace() -> None:
    here = this_host()
    assert here.shares_clock(here)
    assert not here.shares_clock(dataclasses.replace(here, boot="another"))
    assert not here.shares_clock(dataclasses.replace(here, clock="time:[1]"))
    unknown = dataclasses.replace(here, boot="")
    assert not unknown.shares_clock(unknown)


def test_few_workers_still_means_many_hosts() -> None:
    members = [
        Member(f"tcp://{name}:{port}", f"{name}{port}", member(name=name).host)
        for name, port in [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("c", 1), ("c", 2)]
    ]
    assert [m.identity for m in spread(members)] == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_no_secret_shows_on_the_way() -> None:
    request = Request("GET", "http://127.0.0.1/", headers=(("Authorization", "Bearer canary"),))
    order = Order("run", "w", Shard(), LoadPlan((request,), Schedule(Arrival.CONSTANT, 2, rate=1)))
    assert "canary" not in repr(order)
    packed = pack(order)
    assert b"canary" not in packed
    assert unpack(packed) == order
