"""What records prove, whatever is missing of them: by hand-made results."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from golive.cli.load_clocks import buckets, spread
from golive.cli.load_digest import Background, document
from golive.cli.load_judging import statement
from golive.cli.load_plan import Aim, PaceOptions, aim_of, plan_of
from golive.cli.load_report import report
from golive.cli.load_summary import LoadDocument
from golive.cli.probe_screen import plain
from golive.codec import decode, encode
from golive.errors import UsageError
from golive.probe.load import Arrival, LoadResult, RequestOutcome, RequestRecord, Sketch
from golive.stats import Outcome
from tests.cli.load_records import (
    AIM,
    FIT,
    LOCAL,
    OK,
    STATUS,
    planned,
    prepared,
    records,
    result,
)


def judged(found: LoadResult, aim: Aim = AIM, *, interrupted: bool = False) -> Outcome:
    said = statement(
        planned(found.planned), found, aim, streams=False, interrupted=interrupted
    )  # fmt: skip
    return said.outcome


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (records((OK, 59)), Outcome.PROVEN),
        (records((OK, 58)), Outcome.UNDECIDED),
        (records((OK, 58), (STATUS, 1)), Outcome.UNDECIDED),
        (records((OK, 92), (STATUS, 1)), Outcome.PROVEN),
        (records((OK, 40), (STATUS, 19), spread=True), Outcome.REFUTED),
        (records((OK, 59), ended=2.1), Outcome.REFUTED),
        (records((OK, 59), ended=2.0), Outcome.PROVEN),
        # golive's own trouble neither proves nor refutes.
        (records((OK, 40), (LOCAL, 19)), Outcome.UNDECIDED),
        (records((RequestOutcome.UNSENT, 59)), Outcome.UNDECIDED),
        (records((RequestOutcome.TIMEOUT, 59)), Outcome.REFUTED),
    ],
)
def test_a_sample_proves_refutes_or_neither(found: list[RequestRecord], outcome: Outcome) -> None:
    assert judged(result(found, len(found))) is outcome


def test_what_is_missing_never_helps_a_proof_and_never_refutes() -> None:
    found = records((OK, 59))
    assert judged(result(found, 118, lost=("worker 2 of 2",))) is Outcome.UNDECIDED
    assert judged(result([], 118, lost=("both",))) is Outcome.UNDECIDED
    # Even with every missing request good, this one is refuted.
    bad = records((STATUS, 59))
    assert judged(result(bad, 118, lost=("worker 2 of 2",))) is Outcome.REFUTED
    assert judged(result(found, 59, aborted="deadline")) is Outcome.UNDECIDED
    assert judged(result(found, 59), interrupted=True) is Outcome.UNDECIDED


def test_an_instrument_that_is_not_fit_makes_it_void_either_way() -> None:
    coarse = replace(FIT, slip_p99=0.3)
    for found in (records((OK, 59)), records((STATUS, 59))):
        said = statement(
            planned(59), result(found, 59, instrument=coarse), AIM, streams=False, interrupted=False
        )
        assert said.outcome is Outcome.UNDECIDED
        assert "slip" in said.void
    uncalibrated = replace(FIT, calibration_problem="no port")
    assert judged(result(records((OK, 59)), 59, instrument=uncalibrated)) is Outcome.UNDECIDED


def test_success_alone_can_be_claimed() -> None:
    slow = result(records((OK, 59), ended=50.0), 59)
    assert judged(slow, Aim(0.95)) is Outcome.PROVEN
    assert judged(slow) is Outcome.REFUTED


def test_infinity_stays_in_percentiles_buckets_and_json() -> None:
    found = spread("answer", [0.1, 0.2, math.inf])
    assert (found.n, found.never, found.maximum) == (3, 1, math.inf)
    assert [q.value for q in found.quantiles] == [0.2, math.inf, math.inf, math.inf]
    assert [b.count for b in found.buckets] == [1, 1, 1]
    assert found.buckets[0].le == pytest.approx(0.1, rel=0.03)
    assert found.buckets[0].le >= 0.1
    assert json.loads(json.dumps(encode(found)))["maximum"] == "+Inf"
    assert buckets(Sketch([0.0]))[0].le == 0.0


def test_the_report_says_what_the_document_holds() -> None:
    plan = planned(60, warmup=3)
    found = records((OK, 62), (STATUS, 1))
    found = [replace(r, warmup=r.index < 3, detail="[/b] \x1b[2J no") for r in found]
    doc = document(
        result(found, 63, instrument=replace(FIT, held_back=2)),
        Background(
            plan=plan,
            aim=AIM,
            shown_url=prepared().shown_url,
            shown_headers=prepared().shown_headers,
            address="127.0.0.1",
            allowed_by="loopback",
            excerpt=prepared().excerpt,
        ),
    )
    assert decode(LoadDocument, json.loads(json.dumps(encode(doc)))) == doc
    text = plain(report(doc))
    assert "60 of 60 requests judged; 3 warm-up" in text
    assert "\x1b" not in text
    assert "[/b]" in text
    assert "canary" not in text
    assert "2 requests waited" in text
    assert "UNDECIDED" in text
    assert "33 more requests" in text


def test_nothing_judged_says_so() -> None:
    doc = document(
        result([], 5, lost=("worker 1 of 1",)),
        Background(planned(5), AIM, "http://x/", (), "127.0.0.1", "loopback", str),
    )
    text = plain(report(doc))
    assert "nothing was judged" in text
    assert "PROVEN" not in text


@pytest.mark.parametrize(
    ("pace", "count", "warmup"),
    [
        (PaceOptions(), 330, 30),
        (PaceOptions(rate=4.0, duration="10s", warmup="0s"), 40, 0),
        (PaceOptions(rate=4.0, count=100, warmup="1s"), 104, 4),
        (PaceOptions(users=5, count=20), 25, 5),
        (PaceOptions(users=5, count=20, warmup="0s"), 20, 0),
        (PaceOptions(arrival=Arrival.RAMP, rate=20.0, duration="8s", warmup="2s"), 100, 4),
    ],
)
def test_the_warm_up_comes_before_what_is_judged(
    pace: PaceOptions, count: int, warmup: int
) -> None:
    plan = plan_of(prepared(), pace)
    assert (plan.schedule.count, plan.warmup) == (count, warmup)


def test_random_arrivals_are_those_of_the_seed() -> None:
    one, same, other = (
        plan_of(prepared(), PaceOptions(arrival=Arrival.POISSON, count=50, seed=seed))
        for seed in (1, 1, 2)
    )
    assert one.schedule.offsets() == same.schedule.offsets()
    assert one.schedule.offsets() != other.schedule.offsets()


def test_claims_are_read_strictly() -> None:
    assert aim_of(None, None) is None
    assert aim_of("2s", None) == Aim(0.95, 2.0)
    assert aim_of(None, "99.9%") == Aim(0.999)
    with pytest.raises(UsageError):
        aim_of("2s", "0%")
