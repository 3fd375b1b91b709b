"""``observability.bucket-ceiling``."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive.model import CheckResult
from tests.gates.observability.exposing import judged_metrics
from tests.gates.observability.snippets import alert, rules
from tests.gates.saying import codes


def histogram(name: str, *bounds: str, labels: str = "") -> str:
    """A histogram with *bounds*, as a service exposes it."""
    lines = [f'{name}_bucket{{{labels}le="{b}"}} 1' for b in (*bounds, "+Inf")]
    inner = f"{{{labels.rstrip(',')}}}" if labels else ""
    return "\n".join([*lines, f"{name}_sum{inner} 1", f"{name}_count{inner} 1", ""])


SHORT = "# TYPE short_seconds histogram\n" + histogram("short_seconds", "0.1", "0.5", "1.0")
LONG = "# TYPE long_seconds histogram\n" + histogram("long_seconds", "0.5", "2.0", "3.0", "30.0")
MILLIS = "# TYPE took_ms histogram\n" + histogram("took_ms", "500.0", "2000.0", "3000.0")
MIXED = (
    "# TYPE mixed_seconds histogram\n"
    + histogram("mixed_seconds", "1", labels='path="/a",')
    + histogram("mixed_seconds", "2", "5", labels='path="/b",')
)
BARE = "# TYPE bare_seconds histogram\n" + histogram("bare_seconds")
PAGE = SHORT + LONG + MILLIS + MIXED + BARE


def judged(expr: str, *further: str) -> CheckResult:
    return judged_metrics("bucket-ceiling", rules(alert(expr), *further), {"api": PAGE})


def p95(metric: str) -> str:
    return f"histogram_quantile(0.95, sum by (le) (rate({metric}_bucket[5m])))"


@pytest.mark.parametrize(
    "expr",
    [
        f"{p95('long_seconds')} > 2",
        f"{p95('long_seconds')} >= 30",
        f"2 < {p95('long_seconds')}",
        f"{p95('long_seconds')} * 1000 > 2000",
        f"{p95('took_ms')} / 1000 > 2",
        f"max({p95('short_seconds')}) > (1 / 2)",
        f"{p95('short_seconds')} < 100",
        'rate(long_seconds_bucket{le="2.0"}[5m]) < 1',
        'rate(long_seconds_bucket{le=~"2|2[.]0"}[5m]) < 1',
    ],
)
def test_a_threshold_within_the_buckets(expr: str) -> None:
    expected = Status.NOT_APPLICABLE if "< 100" in expr else Status.PASS
    assert judged(expr).status is expected


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        (f"{p95('short_seconds')} > 2", "ceiling"),
        (f"{p95('short_seconds')} > 1", "ceiling"),
        (f"{p95('short_seconds')} >= 1.5", "ceiling"),
        (f"2 < {p95('short_seconds')}", "ceiling"),
        (f"({p95('short_seconds')}) * 1000 > 2 * 1000", "ceiling"),
        (f"{p95('took_ms')} > 5000", "ceiling"),
        (f"max_over_time({p95('short_seconds')}[10m:1m]) > 2", "ceiling"),
        (f"({p95('short_seconds')} and on() up) > 2", "ceiling"),
        (f"{p95('short_seconds')} > bool 2 == 1", "ceiling"),
        (f"up == 0 or {p95('short_seconds')} > 2", "ceiling"),
        (f"{p95('bare_seconds')} > 2", "no-finite-bucket"),
        ('rate(long_seconds_bucket{le="4.0"}[5m]) < 1', "no-such-bucket"),
        ('rate(long_seconds_bucket{le="2"}[5m]) < 1', "bucket-spelling"),
        ('rate(long_seconds_bucket{le=~"4.*"}[5m]) < 1', "no-such-bucket"),
    ],
)
def test_a_threshold_out_of_reach(expr: str, code: str) -> None:
    result = judged(expr)
    assert (result.status, codes(result)) == (Status.FAIL, [code])


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        (f"{p95('long_seconds')} > 2.5", "between-bounds"),
        (f"{p95('long_seconds')} > 10", "wide-bucket"),
        (f"{p95('long_seconds')} > 0.2", "wide-bucket"),
        (f"{p95('mixed_seconds')} > 2", "ceiling-some"),
        ('rate(mixed_seconds_bucket{le="2.0"}[5m]) < 1', "bucket-by-version"),
    ],
)
def test_a_threshold_to_look_at(expr: str, code: str) -> None:
    result = judged(expr)
    assert (result.status, codes(result)) == (Status.WARN, [code])


def test_matchers_choose_among_different_buckets() -> None:
    def one(path: str) -> CheckResult:
        return judged(
            f'histogram_quantile(0.9, rate(mixed_seconds_bucket{{path="{path}"}}[5m])) > 2'
        )

    assert codes(one("/a")) == ["ceiling"]
    assert one("/b").status is Status.PASS
    assert codes(one("/unseen")) == ["ceiling-some"]


def test_recorded_quantiles_and_recorded_buckets_are_followed() -> None:
    quantile = f"record: job:short:p95\nexpr: {p95('short_seconds')}"
    assert codes(judged("job:short:p95 > 2", quantile)) == ["ceiling"]
    buckets = "record: job:short:rate5m\nexpr: sum by (job, le) (rate(short_seconds_bucket[5m]))"
    asked = "histogram_quantile(0.95, sum by (le) (job:short:rate5m)) > 2"
    assert codes(judged(asked, buckets)) == ["ceiling"]
    circle = "record: a:b:c\nexpr: a:b:c > 1"
    assert judged("a:b:c > 2", circle).status is Status.NOT_APPLICABLE


def test_a_histogram_that_nobody_exposes_waits_for_the_other_check() -> None:
    result = judged(f"{p95('gone_seconds')} > 2")
    assert (result.status, result.blocked_by, codes(result)) == (
        Status.INCONCLUSIVE,
        "observability.metrics-exist",
        ["metric-not-seen"],
    )


@pytest.mark.parametrize(
    "expr",
    [
        f"{p95('short_seconds')} > 1 / 0",
        f"{p95('short_seconds')} > scalar(up)",
        f"{p95('short_seconds')} * -1 > 2",
        f"{p95('short_seconds')} / 0 > 2",
        f"{p95('short_seconds')} > 2 ^ 2",
        "histogram_quantile(0.9, up) > 2",
    ],
)
def test_what_is_no_comparison_with_a_number(expr: str) -> None:
    assert judged(expr).status in (Status.NOT_APPLICABLE, Status.PASS)


def test_bounds_that_are_no_numbers() -> None:
    page = '# TYPE x histogram\nx_bucket{le="many"} 1\nx_bucket{le="NaN"} 1\nx_bucket 1\n'
    result = judged_metrics("bucket-ceiling", rules(alert(f"{p95('x')} > 2")), {"api": page})
    assert result.status is not Status.FAIL
