"""The exposition formats: what Prometheus takes and refuses, beside prometheus_client's parser."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Mapping

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, Info, Summary, generate_latest
from prometheus_client.openmetrics import exposition as open_format
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families

from golive_demo.generation_metrics import GenerationMetrics
from golive_gates.observability.metrics.exposition import MAX_SERIES, Page, Refused, parse
from tests.gates.observability.exposing import demo_pages, page

OPEN = "application/openmetrics-text; version=1.0.0"
TEXT = "text/plain; version=0.0.4"
Sample = tuple[str, tuple[tuple[str, str], ...]]


def samples(found: Page) -> Mapping[Sample, float | None]:
    every = (s for f in found.families.values() for s in f.series)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for s in every}


def read(text: str, content_type: str = TEXT) -> Page | Refused:
    return parse(text.encode(), content_type)


def everything() -> CollectorRegistry:
    """Each type of metric, with values and labels that are hard to write."""
    registry = CollectorRegistry()
    odd = Counter("odd_total", 'help "quoted" \\ and\nbroken', ("label",), registry=registry)
    for value in ('quote " back \\ line\nbreak', "unicode 서울", "}", "a,b", "# x", ""):
        odd.labels(value).inc(1.5e300)
    Summary("sizes_bytes", "s", registry=registry).observe(3)
    Histogram("took_seconds", "h", buckets=(0.1, 1, math.inf), registry=registry).observe(0.5)
    Info("build", "i", registry=registry).info({"version": "1"})
    return registry


@pytest.mark.parametrize("registry", [everything(), GenerationMetrics().registry])
def test_the_text_format_reads_as_its_own_library_reads_it(registry: CollectorRegistry) -> None:
    text = generate_latest(registry).decode()
    found = read(text)
    assert isinstance(found, Page)
    expected = {
        (s.name, tuple(sorted((k, v) for k, v in s.labels.items() if v))): s.value
        for f in text_string_to_metric_families(text)
        for s in f.samples
    }
    assert samples(found) == expected
    assert found.remarks == ()


@pytest.mark.parametrize("registry", [everything(), GenerationMetrics().registry])
def test_open_metrics_reads_as_its_own_library_reads_it(registry: CollectorRegistry) -> None:
    text = open_format.generate_latest(registry).decode()
    found = read(text, OPEN)
    assert isinstance(found, Page)
    expected = {
        (s.name, tuple(sorted((k, v) for k, v in s.labels.items() if v))): s.value
        for f in open_families(text)
        for s in f.samples
    }
    assert samples(found) == expected


def test_both_formats_give_counters_the_name_that_is_stored() -> None:
    registry = GenerationMetrics().registry
    text = read(generate_latest(registry).decode())
    opened = read(open_format.generate_latest(registry).decode(), OPEN)
    assert isinstance(text, Page)
    assert isinstance(opened, Page)
    kinds = {n: f.kind for n, f in opened.families.items() if not n.endswith("_created")}
    assert kinds == {n: f.kind for n, f in text.families.items() if not n.endswith("_created")}
    assert kinds["http_requests_total"] == "counter"


def test_exemplars_timestamps_and_special_values() -> None:
    found = read(
        "# TYPE a histogram\n"
        'a_bucket{le="1.0"} 1 # {trace_id="x y"} 0.5 1600000000.123\n'
        'a_bucket{le="+Inf"} 2 1600000000.5\na_count 2\na_sum NaN\n'
        "# TYPE b gauge\n# UNIT b seconds\nb +Inf\n# EOF\n",
        OPEN,
    )
    assert isinstance(found, Page)
    assert [s.value for s in found.families["a"].series] == [1, 2, 2, None]
    assert found.families["b"].series[0].value == math.inf
    assert [(r.code, r.subject) for r in found.remarks] == [("not-a-number", "a_sum")]


def test_quoted_names() -> None:
    found = read('# TYPE "my.total" counter\n{"my.total", "a.b"="1", c="2"} 3\n{"x"} 1\n')
    assert isinstance(found, Page)
    assert samples(found) == {("my.total", (("a.b", "1"), ("c", "2"))): 3.0, ("x", ()): 1.0}
    assert found.families["my.total"].kind == "counter"
    assert [r.code for r in found.remarks] == ["utf8-name"]


TAKEN = [
    "a 1\n", 'a{x="1",} 1\n', "a{} 1\n", 'a {x="1"} 1\n', 'a{x = "1" , y="2"}1\n', "a +Inf\n",
    "a inf\n", "a nan\n", " a 1\n", "\ta 1\n", "#TYPE a counter\na 1\n", "a 1e5\n", "a .5\n",
    "a 5.\n", "a:b 1\n", "# HELP a\na 1\n", "# TYPE  a   counter\na 1\n", "a 1 -5\n",
    "\n\n# x\na 1\n",
    'a{x="1"} 1\na{x="2"} 1\nb 1\na{x="3"} 1\n', '# TYPE a summary\na{quantile="0.5"} NaN\n',
]  # fmt: skip
REFUSED = [
    "a\n", "a 1\r\n", "a{,} 1\n", 'a{x="1" y="2"} 1\n', "# TYPE a banana\na 1\n", "a 1 x\n",
    "a 1 1.5\n", "1a 2\n", "a-b 1\n", "a 0x10\n", "a 1_0\n", "a --1\n", "a +-1\n", 'a{x="1',
    'a{1x="1"} 1\n', 'a{x:y="1"} 1\n', 'a{x="1",x="2"} 1\n', 'a{x="1"} 1 # {t="1"} 1\n',
    "a{x=1} 1\n", "a 1 2 3\n", "a one\n", "{} 1\n",
]  # fmt: skip


@pytest.mark.parametrize("text", [*TAKEN, *REFUSED])
def test_what_promtool_refuses_is_refused(text: str) -> None:
    asked = subprocess.run(
        ["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False
    )
    # 3: remarks on style, which is no refusal.
    assert (asked.returncode not in (0, 3)) == isinstance(read(text), Refused), asked.stderr
    assert isinstance(read(text), Refused) == (text in REFUSED)


@pytest.mark.parametrize(
    ("text", "line"), [("a 1\nb 2\nc three\nd 4\n", 3), ("\n# TYPE a b\n", 2), ("x\n", 1)]
)
def test_a_refusal_names_the_line(text: str, line: int) -> None:
    found = read(text)
    assert isinstance(found, Refused)
    assert (found.code, found.line) == ("metrics-unparseable", line)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "", "empty"),
        (b" \n\t\n", TEXT, "empty"),
        (b"# only a comment\n", TEXT, "no-series"),
        (b"<!doctype html><p>sign in", TEXT, "html"),
        (b"a 1\n", "text/html; charset=utf-8", "html"),
        (b'{"status": "ok"}', TEXT, "json"),
        (b"{}", "", "json"),
        (b"[1]", "", "json"),
        (b"a 1\n", "application/json", "json"),
        (b"\x0a\x02up", "application/vnd.google.protobuf; proto=x", "protobuf"),
        (b"\x12\x00\x00", TEXT, "protobuf"),
        (b'a{x="\xff"} 1\n', TEXT, "not-utf8"),
        (b"a 1\n" * (3 << 20), TEXT, "too-large"),
        (b"a" * 40_000 + b" 1\n", TEXT, "unparseable"),
        (b"a 1\n", OPEN, "unparseable"),
        (b"a 1\n# EOF\nb 1\n", OPEN, "unparseable"),
    ],
)
def test_a_page_that_is_none(body: bytes, content_type: str, code: str) -> None:
    found = parse(body, content_type)
    assert isinstance(found, Refused)
    assert found.code == f"metrics-{code}"


def test_bounds_on_lines_series_and_labels() -> None:
    assert isinstance(parse(b"a 1\n" + b"\n" * 250_000), Refused)
    many = "".join(f'a{{x="{i}"}} 1\n' for i in range(MAX_SERIES + 1))
    assert isinstance(read(many), Refused)
    labels = ",".join(f'l{i}="1"' for i in range(150))
    assert isinstance(read(f"a{{{labels}}} 1\n"), Refused)


def test_a_page_cut_in_half_is_refused_wherever_a_line_breaks() -> None:
    whole = demo_pages()["project-service"]
    cut = whole[: whole.rindex(b"} ") - 3]
    assert isinstance(parse(cut, TEXT), Refused)


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ('a{x="1"} 1\na{x="1"} 2\n', [("duplicate", "a")]),
        ('# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n', [("no-infinity", "a")]),
        ("# TYPE a histogram\na_sum 1\na_count 1\n", [("no-infinity", "a")]),
        ("# TYPE a counter\na -1\n", [("kind", "a")]),
        ("a NaN\n", [("not-a-number", "a")]),
    ],
)
def test_what_prometheus_takes_and_golive_remarks_on(
    text: str, remarks: list[tuple[str, str]]
) -> None:
    assert [(r.code, r.subject) for r in page(text).remarks] == remarks


def test_the_first_of_two_equal_series_stays() -> None:
    assert samples(page("a 1\na 2\n")) == {("a", ()): 1.0}


def test_a_type_without_series_is_known() -> None:
    text = page("# TYPE a_total counter\n# TYPE h histogram\nb 1\n")
    assert (text.families["a_total"].kind, text.families["h"].series) == ("counter", ())
    opened = parse(b"# TYPE a counter\nb 1\n# EOF\n", OPEN)
    assert isinstance(opened, Page)
    assert opened.families["a_total"].kind == "counter"
