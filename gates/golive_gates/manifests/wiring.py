"""The whole of gate ``manifests``: its files, and what runs in the cluster."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.manifests import files
from golive_gates.manifests.checks import (
    live_certificates,
    live_cluster,
    live_drift,
    live_endpoints,
    live_events,
    live_hpa,
    live_pdb,
    live_restarts,
    live_rollout,
)
from golive_gates.manifests.observers.live import LiveObserver

GATE = replace(
    files.GATE,
    observers=(*files.GATE.observers, LiveObserver()),
    checks=(
        *files.GATE.checks,
        live_cluster.CHECK,
        live_drift.CHECK,
        live_rollout.CHECK,
        live_restarts.CHECK,
        live_endpoints.CHECK,
        live_hpa.CHECK,
        live_pdb.CHECK,
        live_events.CHECK,
        live_certificates.CHECK,
    ),
)
