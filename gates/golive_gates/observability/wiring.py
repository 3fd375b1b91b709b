"""The whole of gate ``observability``: its files, what they do, and what runs."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.observability import files
from golive_gates.observability.checks import (
    amtool,
    bucket_ceiling,
    burn_rate,
    channels,
    dashboard_metrics,
    delivery_drill,
    exposition,
    fires,
    label_matchers,
    live_freshness,
    live_metrics,
    live_rules,
    live_targets,
    metrics_exist,
    promtool,
    silent,
    thresholds,
)
from golive_gates.observability.observers.amtool import AmtoolObserver
from golive_gates.observability.observers.behaviour import BehaviourObserver
from golive_gates.observability.observers.channels import ChannelsObserver
from golive_gates.observability.observers.drill import DrillObserver
from golive_gates.observability.observers.exposition import ExpositionObserver
from golive_gates.observability.observers.live_prometheus import LivePrometheusObserver
from golive_gates.observability.observers.objectives import ObjectivesObserver

GATE = replace(
    files.GATE,
    observers=(
        *files.GATE.observers,
        ChannelsObserver(),
        AmtoolObserver(),
        ExpositionObserver(),
        ObjectivesObserver(),  # follows SLOs to what was exposed
        BehaviourObserver(),  # plays what was exposed
        LivePrometheusObserver(),
        DrillObserver(),
    ),
    checks=(
        *files.GATE.checks,
        channels.CHECK,
        amtool.CHECK,
        exposition.CHECK,
        metrics_exist.CHECK,
        label_matchers.CHECK,
        bucket_ceiling.CHECK,
        burn_rate.CHECK,
        dashboard_metrics.CHECK,
        promtool.CHECK,
        fires.CHECK,
        silent.CHECK,
        thresholds.CHECK,
        live_freshness.CHECK,
        live_targets.CHECK,
        live_rules.CHECK,
        live_metrics.CHECK,
        delivery_drill.CHECK,
    ),
)
