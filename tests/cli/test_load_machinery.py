"""What golive itself adds to a run, and how several senders began."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest

from golive.cli.load_figures import most_in_flight
from golive.cli.load_live import Meter
from golive.cli.load_plan import PaceOptions, due_times, plan_of
from golive.cli.load_report import report
from golive.cli.load_run import warn_of_plain_text
from golive.cli.probe_request import RequestOptions, prepare
from golive.cli.probe_screen import plain
from golive.probe.load import Arrival, LoadResult, schedule
from golive.probe.load.cluster_result import ClusterResult, WorkerReport
from tests.cli.load_records import OK, documented, prepared, records, result


def crowd(count: int) -> LoadResult:
    """So many streams at a time, each with two events that shared a read."""
    found = [replace(r, events=2, shared_events=2) for r in records((OK, count), ended=100.0)]
    return result(found, count)


def test_reads_that_golive_gathered_are_named_as_such() -> None:
    few, many = (documented(crowd(n), stream=True).remarks for n in (255, 256))
    assert [note for note in few if "shared a read" in note] == [
        "510 of 510 events shared a read: written together, or buffered"
    ]
    (note,) = [note for note in many if "shared a read" in note]
    assert "golive gathers" in note
    assert "0.5 ms" in note
    assert "up to 256" in note


def test_the_crowd_is_that_of_one_worker() -> None:
    found = crowd(300).records
    assert [most_in_flight(found, n) for n in (1, 2, 3)] == [300, 150, 100]
    spaced = records((OK, 100), ended=0.015)  # 10 ms apart
    assert most_in_flight(spaced, 1) == 2
    assert most_in_flight([], 1) == 0


def on_cluster(**more: object) -> ClusterResult:
    whole = result(records((OK, 60)), 60)
    reports = tuple(
        WorkerReport(
            address=f"tcp://198.18.0.{i}:9", host=f"host-{i}", pid=i, shard=i - 1, planned=30,
            received=30, late=i * 1e-3, start_uncertainty=2e-4,
        )
        for i in (1, 2)
    )  # fmt: skip
    same = {field.name: getattr(whole, field.name) for field in fields(LoadResult)}
    made = ClusterResult(**same, workers=reports, start_skew=1e-3, start_uncertainty=4e-4)
    return replace(made, **more)  # type: ignore[arg-type]


def test_how_a_cluster_began_is_shown() -> None:
    doc = documented(on_cluster())
    assert doc.cluster is not None
    assert (doc.cluster.start_skew, doc.cluster.start_uncertainty) == (1e-3, 4e-4)
    assert [(one.name, one.late) for one in doc.cluster.workers] == [
        ("host-1:1", 1e-3), ("host-2:2", 2e-3),
    ]  # fmt: skip
    assert doc.sent.workers == 2
    text = plain(report(doc))
    assert "2 workers, began within 1 ms of each other, known to 0.4 ms" in text
    assert "host-2:2: late by 2 ms (± 0.2 ms), 30 of 30 requests" in text
    assert documented(result(records((OK, 60)), 60)).cluster is None


def test_a_worker_that_never_began_is_shown_too() -> None:
    first, second = on_cluster().workers
    lost = replace(second, received=0, late=math.inf, start_uncertainty=math.inf, lost="silent")
    doc = documented(on_cluster(workers=(first, lost), start_skew=math.inf))
    text = plain(report(doc))
    assert "a worker never told when it began" in text
    assert "host-2:2: start not told, 0 of 30 requests; lost: silent" in text


@pytest.mark.parametrize(
    ("scheduler", "warned"),
    [
        ("tcp://198.18.0.1:8786", True),
        ("198.18.0.1:8786", True),
        ("tcp://scheduler.example:8786", True),
        ("tls://198.18.0.1:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://[::1]:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[bad", False),
    ],
)
def test_credentials_in_the_clear_are_warned_of(
    scheduler: str, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of_plain_text(scheduler)
    assert ("unencrypted: use tls://" in capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    ("url", "headers", "holds"),
    [
        ("http://127.0.0.1/", (), False),
        ("http://127.0.0.1/", ("Accept: x",), False),
        ("http://127.0.0.1/", ("Authorization: Bearer canary-1234",), True),
        ("http://127.0.0.1/?api_key=canary-1234", (), True),
    ],
)
def test_what_holds_credentials(url: str, headers: tuple[str, ...], holds: bool) -> None:
    request = prepare(RequestOptions(url, headers=headers), stream=False)
    assert request.holds_credentials is holds


@pytest.mark.parametrize("arrival", [Arrival.CONSTANT, Arrival.POISSON, Arrival.RAMP])
def test_the_schedule_is_reckoned_once(arrival: Arrival, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = schedule.offsets
    monkeypatch.setattr(schedule, "offsets", lambda one: asked.append(one) or real(one))
    due_times.cache_clear()
    plan = plan_of(prepared(), PaceOptions(arrival=arrival, rate=20.0, duration="5s"))
    Meter(plan)
    assert asked == [plan.schedule]
