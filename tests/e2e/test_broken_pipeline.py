"""Pipelines that would not have stopped a leaked key, or ship what nobody looked at.

The other mistakes in pipelines are shown on the files alone, in ``tests/mutations``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.variants import PIPELINE, Variant, demand_its_cause_and_nothing_else

FAILED = "inspected-wrong"
PLANTED = "pipeline.planted-secret"
AFTER_THE_SCAN = frozenset({"pipeline.neutralised", "pipeline.scan-options"})
VARIANTS = (
    # Only the drill shows these: the files look as they should.
    Variant("gitleaks-raised-entropy", 1, PLANTED, FAILED),
    Variant("gitleaks-one-path", 1, PLANTED, FAILED),
    # What the files show already is not played through again.
    Variant("gitleaks-allows-all", 1, "pipeline.allow-lists", FAILED, frozenset({PLANTED})),
    Variant("secret-gate-cannot-fail", 1, "pipeline.neutralised", FAILED, frozenset({PLANTED})),
    Variant(
        *("deploy-skips-security", 1, "pipeline.deploy-needs", FAILED),
        frozenset({PLANTED, "pipeline.full-history"}) | AFTER_THE_SCAN,
    ),
    Variant("stale-image-reports", 1, "pipeline.image-reports", FAILED, frozenset()),
    Variant("vulnerable-image", 1, "pipeline.image-vulnerabilities", FAILED),
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_variant_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path, PIPELINE, ("pipeline",))
