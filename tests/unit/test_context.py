"""The cap on requests holds from several threads, and for an observer that cannot be stopped."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from core_records import config

from golive.context import BudgetExhausted, RequestBudget, RunContext, Scope, Silent, SystemClock
from golive.evidence import FileEvidence


class Stopped(SystemClock):
    def monotonic(self) -> float:
        return 100.0


def test_the_cap_is_exact() -> None:
    budget = RequestBudget(3)
    budget.spend(2)
    budget.spend()
    with pytest.raises(BudgetExhausted):
        budget.spend()
    assert budget.sent == 3


def test_a_request_too_many_is_not_counted() -> None:
    budget = RequestBudget(3)
    with pytest.raises(BudgetExhausted):
        budget.spend(4)
    assert budget.sent == 0


def test_children_share_the_cap_and_count_for_themselves() -> None:
    budget = RequestBudget(3)
    one, two = budget.child(), budget.child().child()
    one.spend(2)
    two.spend()
    with pytest.raises(BudgetExhausted):
        one.spend()
    assert (one.sent, two.sent, budget.sent) == (2, 1, 3)


def test_what_was_not_sent_is_given_back_to_all_who_share_the_cap() -> None:
    budget = RequestBudget(10)
    child = budget.child()
    child.spend(8)
    child.give_back(5)
    assert (child.sent, budget.sent, budget.left) == (3, 3, 7)
    with pytest.raises(ValueError, match="given back"):
        child.give_back(4)
    assert (child.sent, budget.sent) == (3, 3)


def test_a_revoked_child_sends_nothing_further_and_its_siblings_do() -> None:
    budget = RequestBudget(3)
    one, two = budget.child(), budget.child()
    one.revoke()
    with pytest.raises(BudgetExhausted, match="revoked"):
        one.spend()
    two.spend()
    assert budget.sent == 1


def test_nobody_gives_requests_back() -> None:
    with pytest.raises(ValueError, match="below zero"):
        RequestBudget(3).spend(-1)


def test_threads_never_exceed_the_cap() -> None:
    budget = RequestBudget(500)

    def spend() -> None:
        child = budget.child()
        for _ in range(200):
            try:
                child.spend()
            except BudgetExhausted:
                return

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert budget.sent == 500


@pytest.mark.parametrize(("deadline", "left"), [(None, None), (103.5, 3.5), (90.0, 0.0)])
def test_seconds_left_never_fall_below_zero(
    tmp_path: Path, deadline: float | None, left: float | None
) -> None:
    ctx = RunContext(
        run_id="r",
        gate="slo",
        scope=Scope(config(), tmp_path),
        clock=Stopped(),
        evidence=FileEvidence(tmp_path, tmp_path, bytes),
        budget=RequestBudget(1),
        progress=Silent(),
        headers=(),
        deadline=deadline,
    )
    assert ctx.seconds_left() == left
    assert ctx.config is ctx.scope.config
