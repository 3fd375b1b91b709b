"""Alerts that cannot fire, fire for nothing or reach nobody: each ends with its own cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.variants import ALERTS, Variant, demand_its_cause_and_nothing_else

FIRES, THRESHOLDS = "observability.fires", "observability.thresholds"
CHANNELS, DRILL = "observability.channels", "observability.delivery-drill"
LIVE_METRICS = "observability.live-metrics"
FAILED = "inspected-wrong"
VARIANTS = (
    Variant(
        *("alert-cannot-fire-buckets", 1, "observability.bucket-ceiling", FAILED),
        # The latency of the API still wakes somebody; that of first contents is watched no more.
        frozenset({THRESHOLDS}),
    ),
    Variant(
        *("alert-cannot-fire-label", 1, "observability.label-matchers", FAILED),
        frozenset({FIRES, THRESHOLDS, LIVE_METRICS}),
    ),
    Variant(
        *("alert-cannot-fire-window", 1, "observability.rate-window", FAILED),
        frozenset({FIRES, THRESHOLDS}),
    ),
    Variant("alert-noisy", 1, "observability.silent", FAILED),
    Variant("slo-alert-mismatch", 1, THRESHOLDS, FAILED, frozenset({FIRES})),
    Variant("route-to-nowhere", 1, "observability.routes", FAILED, frozenset({CHANNELS})),
    Variant("receiver-empty", 1, "observability.receivers", FAILED, frozenset({CHANNELS})),
    Variant("monitor-wrong-port", 1, "observability.monitor-targets", FAILED),
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_variant_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path, ALERTS, ("observability",))


def test_a_drill_into_an_empty_receiver_is_the_same_cause(tmp_path: Path) -> None:
    variant = Variant(
        *("receiver-empty", 1, "observability.receivers", FAILED), frozenset({CHANNELS, DRILL})
    )
    options = ("--gate", "observability", "--set", "gates.observability.alertmanager.within=12s")
    demand_its_cause_and_nothing_else(variant, tmp_path, options, ("observability",))
