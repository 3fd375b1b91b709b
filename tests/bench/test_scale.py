"""The page on scaling shows what the script reckons, and the script reckons soundly."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.load.scale import GIVEN, PAGE, SIZES, from_report, need, page_with, tables  # noqa: E402

VALUES = {name: one.value for name, one in GIVEN.items()}


def test_the_page_shows_the_tables_of_the_script() -> None:
    page = PAGE.read_text()
    assert page_with(page, tables(VALUES)) == page
    # And would not if a figure were another.
    assert page_with(page, tables({**VALUES, "event_us": 99.0})) != page


def test_the_program_prints_the_tables() -> None:
    script = ROOT / "bench/load/scale.py"
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    for table in tables(VALUES).values():
        assert table in told.stdout
    wrong = subprocess.run(
        [sys.executable, script, "--set", "luck=1"], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "no figure is called 'luck'" in wrong.stderr


def test_every_figure_says_where_it_comes_from() -> None:
    assert {one.origin for one in GIVEN.values()} == {"measured", "limit", "assumed"}
    assert all(one.value > 0 and one.what for one in GIVEN.values())


@given(st.integers(1, 10**7), st.floats(0.01, 100), st.floats(1, 3600), st.integers(100, 10**6))
def test_nothing_is_planned_beyond_its_limits(
    streams: int, events_s: float, stream_s: float, descriptors: int
) -> None:
    given = {
        **VALUES,
        "events_s": events_s,
        "stream_s": stream_s,
        "descriptors": descriptors,
    }
    plan = need(streams, given)
    assert plan.processes * (descriptors - 64) >= streams
    assert plan.processes * given["busy"] >= plan.cores * (1 - 1e-9)
    assert plan.hosts * (given["host_cores"] - 1) >= plan.processes
    assert plan.addresses * given["ports"] >= plan.ports
    assert plan.ports * plan.hosts >= streams
    assert plan.processes == 1 or plan.reason in ("CPU", "descriptors")


def test_more_streams_never_need_less() -> None:
    plans = [need(size, VALUES) for size in SIZES]
    for name in ("cores", "processes", "hosts", "memory_gb", "gbit_s", "dollars"):
        values = [getattr(plan, name) for plan in plans]
        assert values == sorted(values), name
    # By hand: 10,000,000 events x 17.2 us + 16,667 streams x 510 us, at half a core each.
    assert plans[-1].cores == pytest.approx(10e6 * 17.2e-6 + 1e6 / 60 * 510e-6)
    assert plans[-1].processes == math.ceil(plans[-1].cores / 0.5)
    assert plans[-1].requests <= 10_000_000


def test_figures_of_a_benchmark_report_are_taken_over() -> None:
    golive: dict[str, Any] = {
        "key": "golive",
        "medians": {"cpu_us_per_event": 19.5, "held_kb_per_stream": 1.1},
    }
    other = {"key": "locust", "medians": {"cpu_us_per_event": 40.0}}
    report = json.dumps({"clients": [other, golive]})
    assert from_report(report) == {"event_us": 19.5, "stream_kb": 1.1}
    assert from_report(json.dumps({"clients": [other]})) == {}
    golive["medians"] |= {"held_streams": 20_000.0, "held_cpu_share": 0.2}
    report = json.dumps({"clients": [golive], "options": {"held_rate": 0.2}})
    assert from_report(report)["quiet_event_us"] == pytest.approx(50)


def test_streams_that_are_mostly_silent_are_reckoned_with_what_their_events_cost() -> None:
    dearer = {**VALUES, "quiet_event_us": 2 * VALUES["quiet_event_us"]}
    assert tables(dearer)["idle"] != tables(VALUES)["idle"]
    assert tables(dearer)["plan"] == tables(VALUES)["plan"]


@pytest.mark.parametrize("page", ["nothing", "<!-- plan -->\na\n<!-- /plan -->\n" * 2])
def test_a_page_without_a_place_is_no_page(page: str) -> None:
    with pytest.raises(ValueError, match="single place for the table 'plan'"):
        page_with(page, {"plan": "x"})
