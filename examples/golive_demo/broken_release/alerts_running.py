"""Mistakes in the alerts that no file shows by itself: what the services expose, or a played hour.

By the name of the variant that has it.
"""

from __future__ import annotations

from dataclasses import replace

from golive_demo.broken_release.alerts_rules import OBJECT, RULES, both
from golive_demo.broken_release.mutation import Mutation


def _failed(label: str, indent: int) -> str:
    """How HighErrorRate counts failed requests, the only rule whose ratio stands in brackets."""
    probes = 'path!~"/(healthz|readyz|openapi[.]json)"'
    return (
        f"(\n{' ' * indent}sum by (service) "
        f'(rate(http_requests_total{{{probes},{label}=~"5.."}}[5m]))'
    )


MUTATIONS: dict[str, Mutation] = {
    # The label of another library: nothing of this service could ever be counted.
    "alert-cannot-fire-label": Mutation(
        "observability.label-matchers",
        RULES,
        _failed("code", 12),
        _failed("status", 12),
        more=((OBJECT, _failed("code", 14), _failed("status", 14)),),
    ),
    # From a Prometheus that scraped every 5 s; at 30 s a window holds one sample.
    "alert-cannot-fire-window": replace(
        both("observability.rate-window", "[5m]", "[20s]"), count=0
    ),
    # A minimum of traffic that every request exceeds: one failure at night is 100 %.
    "alert-noisy": both("observability.silent", "[5m])) > 0.02", "[5m])) > 0"),
    "slo-alert-mismatch": both("observability.thresholds", ") > 0.01\n", ") > 0.05\n"),
}
