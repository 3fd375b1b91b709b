"""What keeps a run from beginning is said before anything is sent, and so is who differs."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

import golive
from golive.probe.load import LoadProgress
from golive.probe.load.cluster import ClusterError, run_on_cluster
from golive.probe.load.cluster_members import Cluster
from tests.unit.probe.load_cluster.conftest import MakePlan
from tests.unit.probe.load_cluster.programs import (
    START_IN,
    Programs,
    Target,
    gone,
    kill,
    wait_for_workers,
)


def test_a_scheduler_that_is_not_there(make_plan: MakePlan) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ClusterError, match=f"no Dask scheduler at tcp://127.0.0.1:{port}") as told:
        asyncio.run(run_on_cluster(make_plan(4, 10.0), f"tcp://127.0.0.1:{port}"))
    assert "dask scheduler" in told.value.hint


def test_a_scheduler_that_never_answers() -> None:
    async def enter(address: str) -> None:
        async with Cluster(address, timeout=0.5):
            raise AssertionError("something that says nothing is no scheduler")

    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(ClusterError, match="no Dask scheduler"):
            asyncio.run(enter(address))


@pytest.mark.parametrize(
    "address", ["", "somewhere", "tcp://somewhere", "http://127.0.0.1:8786", "tcp://h:1/x", "h:0x"]
)
def test_an_address_that_is_none(address: str, make_plan: MakePlan) -> None:
    with pytest.raises(ClusterError, match="no scheduler address"):
        asyncio.run(run_on_cluster(make_plan(4, 10.0), address))


def test_distributed_is_missing(monkeypatch: pytest.MonkeyPatch, make_plan: MakePlan) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="needs the package distributed") as told:
        asyncio.run(run_on_cluster(make_plan(4, 10.0), "tcp://127.0.0.1:1"))
    assert "golive[cluster]" in told.value.hint


def test_more_workers_than_there_are(programs: Programs, make_plan: MakePlan) -> None:
    with pytest.raises(ClusterError, match=r"7 workers were asked for, and .* has 2"):
        asyncio.run(run_on_cluster(make_plan(40, 10.0), programs.scheduler, workers=7))


def test_no_workers_then_one_of_another_build_then_no_scheduler(
    alone: Programs, tmp_path: Path, make_plan: MakePlan, target: Target
) -> None:
    """In one test, because each scheduler costs seconds to start."""
    plan = make_plan(3000, 50.0)
    with pytest.raises(ClusterError, match="has no workers") as told:
        asyncio.run(run_on_cluster(plan, alone.scheduler))
    assert "dask worker" in told.value.hint

    other = tmp_path / "other"
    shutil.copytree(Path(golive.__file__).parent, other / "golive")
    (other / "golive/__init__.py").write_text('"""Another."""\n\n__version__ = "0.0.9"\n')
    odd = alone.start_worker(env={"PYTHONPATH": str(other)})
    asyncio.run(wait_for_workers(alone.scheduler, 1))
    with pytest.raises(ClusterError, match="golive differs") as told:
        asyncio.run(run_on_cluster(plan, alone.scheduler))
    assert f"here {golive.__version__}" in str(told.value)
    assert f":{odd.pid}) has 0.0.9" in str(told.value)
    kill(odd)

    worker = alone.start_worker()
    asyncio.run(wait_for_workers(alone.scheduler, 1))

    def halfway(progress: LoadProgress) -> None:
        if progress.done >= 20 and alone.started[0].poll() is None:
            kill(alone.started[0])

    result = asyncio.run(
        run_on_cluster(
            plan, alone.scheduler, calibrate=False, start_in=START_IN, on_progress=halfway
        )
    )
    assert len(result.lost) == 1
    assert "3000 requests are missing" in result.problem
    # A worker without its scheduler ends, and its engine with it.
    asyncio.run(gone([worker.pid]))
    assert 20 <= len(target.asked()) < 3000


def test_a_busy_worker_is_not_waited_for_for_ever(
    programs: Programs, make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golive.probe.load.cluster_run.READY_WITHIN", 0.0)
    with pytest.raises(ClusterError, match="cannot take part: not ready in 0 s"):
        asyncio.run(run_on_cluster(make_plan(4, 10.0), programs.scheduler))


def test_a_moment_that_comes_too_soon(programs: Programs, make_plan: MakePlan) -> None:
    with pytest.raises(ValueError, match="start_in must be positive"):
        asyncio.run(run_on_cluster(make_plan(4, 10.0), programs.scheduler, start_in=0.0))
    with pytest.raises(ClusterError, match=r"was not told the start in 1e-06 s"):
        asyncio.run(
            run_on_cluster(make_plan(4, 10.0), programs.scheduler, start_in=1e-6, calibrate=False)
        )


def test_authorities_that_cannot_be_read(programs: Programs, make_plan: MakePlan) -> None:
    missing = f"/nonexistent-{os.getpid()}.pem"
    with pytest.raises(FileNotFoundError):
        asyncio.run(run_on_cluster(make_plan(4, 10.0, ca_file=missing), programs.scheduler))
