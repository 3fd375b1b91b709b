"""Broken streams: each ends with its own cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.variants import STREAM_CHECKS, Variant, demand_its_cause_and_nothing_else

VARIANTS = (
    Variant("preamble-only", 1, "slo.sse-first-event", "preamble"),
    Variant("slow-first-event", 1, "slo.sse-first-event", ""),
    Variant("contract-drift", 1, "slo.contract", "", STREAM_CHECKS | {"slo.error-rate"}),
    Variant("truncated-stream", 1, "slo.sse-complete", "truncated", frozenset({"slo.error-rate"})),
    Variant("buffered-proxy", 1, "slo.sse-first-event", "buffered"),
    Variant("wrong-content", 1, "slo.sse-complete", "wrong-content"),
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_variant_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path)
