"""Broken rate limits: each ends with its own cause over gates 2 and 7."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.variants import STREAMING_AND_LOAD, Variant, demand_its_cause_and_nothing_else

WITHOUT_A_LIMIT = frozenset(
    f"load.rate-limit-{n}" for n in ("status", "headers", "isolation", "bypass", "burst")
)
VARIANTS = (
    Variant("no-rate-limit", 1, "load.rate-limit", "", WITHOUT_A_LIMIT),
    Variant("spoofable-rate-limit", 1, "load.rate-limit-bypass", ""),
    Variant("limit-503", 1, "load.rate-limit-status", ""),
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_variant_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path, STREAMING_AND_LOAD, ("streaming", "load"))
