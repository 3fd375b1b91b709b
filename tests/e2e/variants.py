"""Run the reference generator with one thing broken, and judge what golive said of it.

Gate 1 runs with a raised rate limit and sped-up sampling; gates 2 and 7 with a shorter window of
the rate limit, shorter silences and a shorter load. The plans (sample sizes, thresholds) are the
ones of a real run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLO = (
    *("--gate", "slo"),
    *("--rate-limit", "6000/60s"),
    *("--set", "gates.slo.stream_rate=4"),
    *("--set", "gates.slo.readiness_rate=50"),
)
_SHORT = (
    *("--set", "gates.streaming.wire_streams=3"),
    *("--set", "gates.streaming.keepalive_idle=6s"),
    *("--set", "gates.streaming.idle_for=3s"),
    *("--set", "gates.streaming.idle_body.description=침묵 3 골목"),
    *("--set", "gates.load.warmup=1s"),
    *("--set", "gates.load.duration=20s"),
    *("--set", "gates.load.readiness_window=20s"),
    *("--set", "gates.load.pentest.rate=20"),
)
STREAMING_AND_LOAD = (
    *("--gate", "streaming", "--gate", "load"),
    *("--rate-limit", "200/15s"),
    *_SHORT,
    # The healthy run has them; with a defect they would say no more and take three windows longer.
    *("--set", "gates.load.burst=false"),
    *("--set", "gates.load.pentest.fuzz_requests=0"),
)
ALERTS = (
    *("--gate", "observability"),
    # The healthy run has it, and waits for the route's group_wait as a page does.
    *("--set", "gates.observability.drill=false"),
)
PIPELINE = ("--gate", "pipeline")
QUICK = (
    *("--rate-limit", "600/15s"),
    *("--set", "gates.slo.stream_rate=4"),
    *("--set", "gates.slo.readiness_rate=30"),
    *_SHORT,
)
"""For all gates in one run."""
WITHOUT_TLS = {"load.tls": ("not-applicable", "plain-loopback")}
"""The one check on the wire of which the demo has nothing to show."""
ON_THIS_MACHINE = ("pipeline.actionlint", "pipeline.own-history")
"""Optional checks that need what a machine may lack: actionlint, and the files in a git folder."""
OPTED_OUT = {
    "load.rate-limit-burst": ("inconclusive", "not-chosen"),
    "load.fuzz": ("inconclusive", "not-chosen"),
    "observability.delivery-drill": ("inconclusive", "drill-not-chosen"),
    **WITHOUT_TLS,
}
"""What a run with a defect leaves open on purpose."""


@dataclass(frozen=True)
class Variant:
    """``blocked``: checks that cannot be decided because of the cause; nothing else may be open."""

    name: str
    exit_code: int
    cause: str
    reason: str
    blocked: frozenset[str] = frozenset()


STREAM_CHECKS = frozenset({"slo.sse-first-event", "slo.sse-complete"})


def run_demo(
    out: Path, *options: str, timeout_s: float = 540
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "demo", "--out-dir", str(out), *options],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    records = sorted(out.glob("slo_validation_results_*.json"))
    assert records, f"no run record; stderr:\n{done.stderr}"
    return done, json.loads(records[0].read_text(encoding="utf-8"))


def checks_of(record: dict[str, Any], *gates: str) -> dict[str, dict[str, Any]]:
    """The checks of some gates, without those that a run with a defect leaves open on purpose."""
    found = {c["id"]: c for g in record["gates"] if g["id"] in gates for c in g["checks"]}
    return {
        name: check
        for name, check in found.items()
        if OPTED_OUT.get(name) != (check["status"], check["reason_code"])
        and (check["status"] != "inconclusive" or name not in ON_THIS_MACHINE)
    }


def demand_its_cause_and_nothing_else(
    variant: Variant,
    tmp_path: Path,
    options: tuple[str, ...] = SLO,
    gates: tuple[str, ...] = ("slo",),
) -> None:
    """Run *variant* and assert that its cause, and only that, kept it from going live."""
    done, record = run_demo(tmp_path, "--broken", variant.name, "--lang", "en", *options)
    checks = checks_of(record, *gates)
    settled = ("pass", "not-applicable")
    open_checks = {i: c for i, c in checks.items() if c["status"] not in settled}
    said = {i: (c["status"], c["reason_code"], c["reason"]) for i, c in open_checks.items()}

    assert done.returncode == variant.exit_code, f"{said}\n{done.stderr}"
    assert record["decision"] == ("NO_GO" if variant.exit_code == 1 else "INCONCLUSIVE")
    assert set(open_checks) == {variant.cause} | variant.blocked, said
    cause = checks[variant.cause]
    assert cause["status"] == ("fail" if variant.exit_code == 1 else "inconclusive"), said
    assert variant.reason in cause["reason_code"], said
    for check_id in variant.blocked:
        assert checks[check_id]["status"] == "inconclusive", said
        if variant.exit_code == 1:
            assert checks[check_id]["blocked_by"] == variant.cause, said
    assert variant.cause in done.stdout
    report = next(tmp_path.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    assert variant.cause in report
    assert cause["reason"] != ""
