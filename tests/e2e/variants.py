"""Run the reference generator with one thing broken, and judge what golive said of it.

The generator's rate limit is raised and the sampling sped up so that a variant takes under a
minute; the plans (sample sizes, thresholds) are the ones of a real run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FAST = (
    "--rate-limit",
    "6000/60s",
    "--set",
    "gates.slo.stream_rate=4",
    "--set",
    "gates.slo.readiness_rate=50",
)


@dataclass(frozen=True)
class Variant:
    """``blocked``: checks that cannot be decided because of the cause; nothing else may be open."""

    name: str
    exit_code: int
    cause: str
    reason: str
    blocked: frozenset[str] = frozenset()


STREAM_CHECKS = frozenset({"slo.sse-first-event", "slo.sse-complete"})


def run_demo(out: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "demo", "--out-dir", str(out), *options],
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    records = sorted(out.glob("slo_validation_results_*.json"))
    assert records, f"no run record; stderr:\n{done.stderr}"
    return done, json.loads(records[0].read_text(encoding="utf-8"))


def slo_checks(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    gate = next(g for g in record["gates"] if g["id"] == "slo")
    return {c["id"]: c for c in gate["checks"]}


def demand_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    """Run *variant* and assert that its cause, and only that, kept it from going live."""
    done, record = run_demo(tmp_path, "--broken", variant.name, "--lang", "en", *FAST)
    checks = slo_checks(record)
    open_checks = {i: c for i, c in checks.items() if c["status"] != "pass"}
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
