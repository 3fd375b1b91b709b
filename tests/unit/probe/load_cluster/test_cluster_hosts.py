"""Two worker hosts and a target host, each with a network of its own (needs root).

One worker host has a clock of its own too, which is ahead by a known time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.probe.load_cluster.namespaces import Lan, lan
from tests.unit.probe.load_cluster.programs import HERE, Programs, Target, running

AHEAD = 100_000

if os.geteuid() == 0:

    @pytest.fixture(scope="module")
    def hosts() -> Iterator[Lan]:
        with lan("east", "west", "target") as made:
            yield made

    @pytest.fixture(scope="module")
    def cluster(hosts: Lan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
        for programs in running(tmp_path_factory.mktemp("hosts")):
            programs.start_scheduler(hosts.hosts["hub"], hosts.enter("hub"))
            programs.start_worker(hosts.hosts["east"], hosts.enter("east"))
            clock = ["unshare", "--time", f"--monotonic={AHEAD}", "--"]
            programs.start_worker(hosts.hosts["west"], [*hosts.enter("west"), *clock])
            controlled(hosts, programs, "wait")
            yield programs

    @pytest.fixture
    def target(hosts: Lan, cluster: Programs) -> Target:
        return cluster.start_target(hosts.hosts["target"], hosts.enter("target"))

    def test_both_hosts_reach_the_one_address(
        hosts: Lan, cluster: Programs, target: Target
    ) -> None:
        told = controlled(hosts, cluster, f"http://{hosts.hosts['target']}:{target.port}")[-1]
        assert told["problem"] == ""
        assert told["ok"] == 100
        assert told["received"] == [50, 50]
        where = {a.split("//")[1].split(":")[0]: c for a, c in told["clocks"].items()}
        assert sorted(where) == [hosts.hosts["east"], hosts.hosts["west"]]
        assert set(target.asked().values()) == {1}
        assert target.peers == sorted(where)

        # The kernel is one, so the truth about its clocks is known.
        offset, uncertainty, shared = where[hosts.hosts["east"]]
        assert (offset, uncertainty, shared) == (0.0, 0.0, True)
        offset, uncertainty, shared = where[hosts.hosts["west"]]
        assert not shared
        assert abs(offset - AHEAD) <= uncertainty + 1e-6
        assert uncertainty > 0
        assert told["start_uncertainty"] >= uncertainty
        assert told["compared"] == "refused"

    def test_loopback_would_be_two_other_machines(hosts: Lan, cluster: Programs) -> None:
        (told,) = controlled(hosts, cluster, "http://127.0.0.1:9")
        assert "127.0.0.1 is another machine for worker" in told["refused"]

    def test_a_host_whose_cable_is_pulled_is_lost(
        hosts: Lan, cluster: Programs, target: Target
    ) -> None:
        """The last test of the module: the cable stays out."""
        url = f"http://{hosts.hosts['target']}:{target.port}"
        told = controlled(hosts, cluster, url, pull="west", count=150, silent_after=2.0)[-1]
        (lost,) = told["lost"]
        assert hosts.hosts["west"] in lost
        assert "75 of 75 requests missing" in lost
        assert "75 requests are missing" in told["problem"]
        assert sorted(told["received"]) == [0, 75]
        assert told["ok"] == 75
        assert set(target.asked().values()) == {1}

else:

    def test_hosts_of_our_own_are_refused_to_others_than_root() -> None:
        """Why nothing of the above was run: namespaces may not be made."""
        with pytest.raises(subprocess.CalledProcessError), lan("east"):
            raise AssertionError("namespaces can be made, so the tests above should run")


def controlled(
    hosts: Lan, cluster: Programs, url: str, *, pull: str = "", **options: object
) -> list[dict[str, Any]]:
    """What a controller on the hub says about a run against *url*.

    Half-way the cable of *pull* is pulled. "wait" as *url*: until both workers are there.
    """
    job = {"scheduler": cluster.scheduler, "url": f"{url}/s/{{unique}}", "count": 100, "rate": 50.0}
    command = [sys.executable, str(HERE / "controller.py"), json.dumps({**job, **options})]
    if url == "wait":
        command[1:] = ["-c", _WAIT, cluster.scheduler]
    lines: list[dict[str, Any]] = []
    with subprocess.Popen(
        [*hosts.enter("hub"), *command], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as controller:
        assert controller.stdout is not None
        for line in controller.stdout:
            lines.append(json.loads(line))
            if pull and lines[-1].get("done", 0) > 40:
                hosts.pull_cable(pull)
                pull = ""
    assert controller.returncode == 0
    return lines


ROOT = Path(__file__).parents[4]
_WAIT = """
import asyncio, sys
from tests.unit.probe.load_cluster.programs import wait_for_workers
asyncio.run(wait_for_workers(sys.argv[1], 2))
"""
