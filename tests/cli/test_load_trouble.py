"""Load runs in which something went wrong must say so, and prove nothing by it."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from golive.cli.load_plan import Aim
from golive.cli.load_report import report
from golive.cli.load_summary import LoadDocument
from golive.cli.probe_screen import plain
from golive.codec import decode, encode
from golive.probe.load import LoadResult, RequestOutcome
from golive.stats import Outcome
from tests.cli.load_records import AIM, FIT, OK, STATUS, documented, records, result, scripted

Golive = Callable[..., subprocess.CompletedProcess[str]]
UNSENT, REFUSED = RequestOutcome.UNSENT, RequestOutcome.REFUSED


def text_of(doc: LoadDocument) -> str:
    """The report; the document survives its JSON."""
    assert decode(LoadDocument, json.loads(json.dumps(encode(doc)))) == doc
    return plain(report(doc))


def test_a_service_that_dies_in_the_run_is_not_proven_by_what_it_did_before(
    golive: Golive,
) -> None:
    with scripted([200] * 22) as url:
        done = golive(
            "load", url, "--rate", "50", "--count", "30", "--warmup", "0s", "--objective", "50%",
            "-o", "json",
        )  # fmt: skip
    doc = decode(LoadDocument, json.loads(done.stdout))
    assert {one.outcome: one.count for one in doc.outcomes}["ok"] == 22
    said = doc.statement
    assert said is not None
    assert done.returncode == 3
    assert said.outcome is Outcome.UNDECIDED
    assert said.correlation is not None
    assert said.correlation > 0.5
    assert said.effective_n < 10 < said.n == 30
    assert said.lower_bound < 0.5


def test_dependent_requests_count_as_few_in_text_and_bounds() -> None:
    found = records((OK, 22), (REFUSED, 8))
    doc = documented(result(found, 30), Aim(0.5, 2.0))
    text = text_of(doc)
    assert "UNDECIDED" in text
    assert "correlation 0.86" in text
    assert "these 30 count as 2.2" in text
    assert "resembled each other no more" in text
    # The same outcomes, mixed: as good as independent.
    mixed = documented(result(records((OK, 22), (REFUSED, 8), spread=True), 30), Aim(0.5, 2.0))
    assert mixed.statement is not None
    assert mixed.statement.outcome is Outcome.PROVEN
    assert mixed.statement.effective_n == 30


def test_a_refutation_needs_the_effective_sample_too() -> None:
    in_a_row = documented(result(records((OK, 40), (STATUS, 19)), 59))
    assert in_a_row.statement is not None
    assert in_a_row.statement.outcome is Outcome.UNDECIDED
    for clear in (
        records((OK, 400), (STATUS, 1900)),
        records((STATUS, 59)),
        records((OK, 40), (STATUS, 19), spread=True),
    ):
        said = documented(result(clear, len(clear))).statement
        assert said is not None
        assert said.outcome is Outcome.REFUTED


def test_warm_up_that_fails_is_told(golive: Golive) -> None:
    arguments = ("--rate", "50", "--count", "59", "--warmup", "100ms", "--threshold", "30s")
    with scripted([500] * 5 + [200] * 59) as url:
        done = golive("load", url, *arguments)
    assert done.returncode == 0
    assert "of the warm-up failed  5 status; HTTP 500 × 5" in done.stdout
    assert "note  5 of 5 warm-up requests failed" in done.stdout
    with scripted([500] * 5 + [200] * 59) as url:
        done = golive("load", url, *arguments, "-o", "json")
    doc = decode(LoadDocument, json.loads(done.stdout))
    assert [(one.outcome, one.count) for one in doc.warmup_outcomes] == [("status", 5)]
    assert doc.warmup_statuses == (("500", 5),)
    assert doc.statuses == (("200", 59),)


def test_warm_up_that_succeeds_is_no_remark() -> None:
    found = [replace(r, warmup=r.index < 3) for r in records((OK, 62))]
    doc = documented(result(found, 62), warmup=3)
    assert [(one.outcome, one.count) for one in doc.warmup_outcomes] == [("ok", 3)]
    assert not doc.remarks
    assert "of the warm-up failed" not in text_of(doc)


def test_requests_a_second_are_those_that_ended() -> None:
    ended = records((OK, 100), ended=0.01)  # 100 a second, for a second
    unsent = [
        replace(r, index=r.index + 100, scheduled=r.scheduled + 1, ended=None, started=None)
        for r in records((UNSENT, 900))
    ]
    cut = documented(result([*ended, *unsent], 1000, aborted="aborted"))
    whole = documented(result(ended, 100))
    assert whole.requests_per_second == pytest.approx(100)
    assert cut.requests_per_second == pytest.approx(100)
    assert cut.goodput == pytest.approx(100)
    none = documented(result(unsent, 900, aborted="aborted"))
    assert (none.requests_per_second, none.goodput) == (0.0, 0.0)


def lost_half() -> LoadResult:
    found = [r for r in records((OK, 200)) if r.index % 2]
    return result(found, 200, lost=("worker 1 of 2 was killed",))


def test_what_a_lost_worker_takes_with_it_is_infinite() -> None:
    doc = documented(lost_half(), workers=2)
    assert (doc.missing, doc.sent.workers, doc.own.workers) == (100, 2, 1)
    whole = doc.spreads[-1]
    by_q = {q.q: q for q in whole.quantiles}
    assert (whole.n, whole.never, whole.maximum) == (200, 100, math.inf)
    assert (by_q[0.5].value, by_q[0.9].value) == (0.5, math.inf)
    assert by_q[0.5].upper_bound == math.inf
    assert whole.buckets[-1].count == 100
    text = text_of(doc)
    assert "100 of 200 requests judged, 100 missing" in text
    assert "1 of 2 workers" in text
    assert "1 of 2 worker(s) died and took 100 records" in text


def test_a_request_that_went_out_twice_is_told() -> None:
    found = [replace(r, retried=r.index in (4, 5)) for r in records((OK, 59))]
    doc = documented(result(found, 59))
    assert doc.retried == 2
    assert any("2 requests went out twice" in remark for remark in doc.remarks)
    assert documented(result(records((OK, 59)), 59)).retried == 0


def test_the_instruments_clock_trouble_is_in_the_document() -> None:
    rough = replace(FIT, clock_steps=9, reads=100, unstamped_reads=49)
    doc = documented(result(records((OK, 59)), 59, instrument=rough))
    assert (doc.own.clock_steps, doc.own.reads, doc.own.unstamped_reads) == (9, 100, 49)
    text = text_of(doc)
    assert "set anew 9 times" in text
    assert "49 of 100 reads had no time stamp of the kernel" in text
    assert not documented(result(records((OK, 59)), 59), AIM).remarks
