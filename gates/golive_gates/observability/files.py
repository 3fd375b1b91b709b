"""The half of gate ``observability`` that reads files: what ``golive lint`` loads, and no more."""

from __future__ import annotations

from golive.api import Gate
from golive_gates.observability.checks import annotations as alert_annotations
from golive_gates.observability.checks import (
    comparison,
    dashboards,
    duplicates,
    expressions,
    impossible,
    inhibition,
    kept_labels,
    monitor_selectors,
    monitor_targets,
    mute_times,
    parse,
    pending_period,
    rate_window,
    receiver_secrets,
    receivers,
    routes,
    rule_fields,
    scrape_interval,
    severity,
)
from golive_gates.observability.observers.files import FilesObserver
from golive_gates.observability.settings import Settings

GATE = Gate(
    id="observability",
    package="golive_gates.observability",
    settings=Settings,
    observers=(FilesObserver(),),
    checks=(
        parse.CHECK,
        rule_fields.CHECK,
        expressions.CHECK,
        alert_annotations.CHECK,
        severity.CHECK,
        pending_period.CHECK,
        duplicates.CHECK,
        comparison.CHECK,
        impossible.CHECK,
        rate_window.CHECK,
        kept_labels.CHECK,
        routes.CHECK,
        receivers.CHECK,
        receiver_secrets.CHECK,
        inhibition.CHECK,
        mute_times.CHECK,
        monitor_targets.CHECK,
        scrape_interval.CHECK,
        monitor_selectors.CHECK,
        dashboards.CHECK,
    ),
    number=4,
)
