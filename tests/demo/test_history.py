"""The simulated past."""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from golive_demo.broken import HEALTHY, variant
from golive_demo.generation_metrics import ROUTES as GENERATION_ROUTES
from golive_demo.history import DAYS, STEP_S, write_openmetrics
from golive_demo.project_service import ROUTES as PROJECT_ROUTES

END = 1_760_000_000.0


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Series of a history by name and labels, for an error ratio; `anew` writes it again."""

    @functools.cache
    def write(ratio: float, anew: int = 0) -> Any:
        path = tmp_path_factory.mktemp("history") / "h.om"
        count = write_openmetrics(path, END, ratio)
        text = path.read_text(encoding="utf-8")
        assert text.endswith("# EOF\n")
        rows = defaultdict(list)
        for line in text.splitlines():
            if not line.startswith("#"):
                head, value, stamp = line.split(" ")
                rows[head].append((int(stamp), int(value)))
        series = {}
        for head, samples in rows.items():
            labels = sorted(re.findall(r'(\w+)="([^"]*)"', head))
            series[head.split("{")[0], *labels] = samples
        assert count == sum(map(len, series.values()))
        return series

    return write


def labels(key: tuple[Any, ...]) -> dict[str, str]:
    return dict(key[1:])


def error_ratio(series: dict[Any, Any], service: str) -> float:
    total = bad = 0
    for key, samples in series.items():
        found = labels(key)
        ours = key[0] == "http_requests_total" and found["service"] == service
        if ours and found["path"].startswith("/api/"):
            total += samples[-1][1]
            bad += samples[-1][1] if found["code"].startswith("5") else 0
    return bad / total


@pytest.mark.parametrize("service", ["project-service", "generation-service"])
def test_healthy_and_spent_budgets(written: Callable[..., Any], service: str) -> None:
    assert error_ratio(written(HEALTHY.history_error_ratio), service) < 0.0005
    spent = written(variant("burnt-budget").history_error_ratio)
    assert error_ratio(spent, service) == pytest.approx(0.005, rel=0.02)


def test_it_covers_thirty_days_and_ends_where_told(written: Callable[..., Any]) -> None:
    for samples in written(0.0002).values():
        stamps = [stamp for stamp, _ in samples]
        assert stamps[-1] == int(END)
        assert stamps[-1] - stamps[0] == DAYS * 86_400
        assert {b - a for a, b in itertools.pairwise(stamps)} == {STEP_S}


def test_counters_never_fall_and_the_same_seed_gives_the_same_past(
    written: Callable[..., Any],
) -> None:
    first = written(0.0002)
    assert first == written(0.0002, anew=1)
    for key, samples in first.items():
        values = [value for _, value in samples]
        if key[0] != "up":
            assert values == sorted(values)


def test_a_healthy_past_has_errors_but_none_lately(written: Callable[..., Any]) -> None:
    for key, samples in written(0.0002).items():
        if labels(key).get("code") == "500":
            recent = [value for stamp, value in samples if stamp >= END - 2.5 * 86_400]
            assert recent[0] == recent[-1] == samples[-1][1] > 0


def test_its_labels_are_those_of_the_live_services(written: Callable[..., Any]) -> None:
    live = {
        ("project-service", r.method, r.path, str(c)) for r in PROJECT_ROUTES for c in r.codes
    } | {
        ("generation-service", r.method, r.path, str(c)) for r in GENERATION_ROUTES for c in r.codes
    }
    past = set()
    for key in written(0.0002):
        found = labels(key)
        assert found["instance"] == found["job"] + "-0"
        if key[0] == "http_requests_total":
            assert found["job"] == found["service"]
            past.add((found["service"], found["method"], found["path"], found["code"]))
    assert past
    assert past <= live
