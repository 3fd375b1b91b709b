"""A backup that restores whole, and a service that does not come up on it."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.test_broken_recovery import BACKUPS, after
from tests.e2e.variants import Variant, checks_of, demand_its_cause_and_nothing_else, run_demo

CAUSE = "recovery.restored-service"


def test_a_key_that_is_in_no_backup(tmp_path: Path) -> None:
    variant = Variant("restored-service-without-key", 1, CAUSE, "inspected-wrong", after("rto"))
    demand_its_cause_and_nothing_else(variant, tmp_path, BACKUPS, ("recovery",))


def test_the_healthy_service_comes_up_and_its_start_counts(tmp_path: Path) -> None:
    done, record = run_demo(tmp_path, "--lang", "en", *BACKUPS)
    checks = checks_of(record, "recovery")
    assert (done.returncode, checks[CAUSE]["status"]) == (0, "pass"), done.stderr
    facts = {f["name"] for f in checks["recovery.rto"]["facts"]}
    assert facts >= {"phase_service_start", "phase_first_answer", "phase_first_read"}
    assert checks["recovery.rto"]["reason_code"] == "rto-kept-service"
