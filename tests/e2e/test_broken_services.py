"""Broken services, history and configuration: each ends with its own cause."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.variants import Variant, demand_its_cause_and_nothing_else

VARIANTS = (
    Variant("flaky-readiness", 1, "slo.readiness", ""),
    Variant("project-500", 1, "slo.project-api", "", frozenset({"slo.error-rate"})),
    Variant("burnt-budget", 1, "slo.availability", "", frozenset({"slo.error-budget"})),
    Variant("fast-burn", 1, "slo.error-budget", ""),
    Variant("flaky-api", 1, "slo.error-rate", ""),
    Variant("lax-slo", 1, "slo.defined", "wrong", frozenset({"slo.error-rate"})),
    Variant("no-prometheus", 3, "slo.availability", "probe-only", frozenset({"slo.error-budget"})),
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_variant_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path)


def test_an_unknown_variant_is_a_usage_error_that_names_the_known_ones(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "demo", "--broken", "no-such-thing"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "no-such-thing" in done.stderr
    assert "Traceback" not in done.stderr
