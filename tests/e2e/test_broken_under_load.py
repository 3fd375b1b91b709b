"""What only load, many streams or an attacker show: each ends with its own cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.variants import STREAMING_AND_LOAD, Variant, demand_its_cause_and_nothing_else

VARIANTS = (
    Variant("leaky-errors", 1, "load.error-leaks", ""),
    Variant("no-auth", 1, "load.auth", ""),
    Variant("gzip-stream", 1, "streaming.compression", "front"),
    Variant(
        "dies-under-load",
        1,
        "load.availability",
        "",
        frozenset({"load.error-rate", "load.latency"}),
    ),
    Variant("starves-streams", 1, "streaming.fairness", ""),
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_variant_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path, STREAMING_AND_LOAD, ("streaming", "load"))
