"""Mistakes in the alerting rules of the release."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

RULES, OBJECT = "prometheus/rules.yml", "prometheus/prometheusrule.yaml"
ALERTMANAGER = "alertmanager/alertmanager.yml"
FIRST_ROUTE = '    - receiver: page\n      matchers: [severity="critical"]\n'


def both(check: str, old: str, new: str, status: str = "fail") -> Mutation:
    """The same in the rule file and in the object, which carry the same groups."""
    return Mutation(check, RULES, old, new, status=status, more=((OBJECT, old, new),))


MUTATIONS = (
    Mutation("observability.parse", RULES, "for: 2m", "for: {{ .Values.pending }}"),
    Mutation("observability.parse", ALERTMANAGER, "receivers:\n", "receivers: [\n"),
    Mutation("observability.rule-fields", RULES, "interval: 30s", "intervall: 30s"),
    both(
        "observability.rule-fields", "slo: availability", "slo-name: availability", "inconclusive"
    ),
    both(
        "observability.expressions",
        "sum by (service) (increase(auth_failures_total[5m])) > 30",
        "sum by (service) (increase(auth_failures_total[5m]) > 30",
    ),
    # promtool accepts it.
    both(
        "observability.expressions",
        "sum by (service) (increase(auth_failures_total[5m])) > 30",
        "auth_failures_total[5m]",
    ),
    both("observability.annotations", "{{ $labels.service }} answers", "{{ $labels.pod }} answers"),
    both("observability.annotations", "{{ $value | humanizePercentage", "{{ $value | percent"),
    both("observability.severity", "severity: warning", "severity: warn"),
    both("observability.pending-period", "for: 1m", "", "warn"),
    Mutation(
        "observability.duplicates",
        RULES,
        "      - alert: TargetDown\n",
        "      - alert: ProjectServiceAbsent\n"
        '        expr: absent(up{job="project-service"}) == 1\n'
        "        for: 5m\n"
        "        labels: {severity: critical, service: project-service}\n"
        "        annotations: {summary: gone, runbook_url: https://example.com/gone}\n"
        "      - alert: TargetDown\n",
    ),
    Mutation(
        "observability.duplicates",
        RULES,
        "(increase(rate_limited_total[5m])) > 50",
        "(increase(rate_limited_total[5m])) > 500",
        status="warn",
    ),
    both(
        "observability.comparison",
        "(increase(rate_limited_total[5m])) > 50",
        "(increase(rate_limited_total[5m]))",
    ),
    both("observability.impossible", 'generation-service"} == 0', 'generation-service"} > 1'),
    both(
        "observability.impossible",
        "count(sum by (provider) (",
        'count(sum by (provider) (rate(provider_requests_total{outcome="5.."}[5m])) > 0) == 0 and '
        "count(sum by (provider) (",
    ),
    both(
        "observability.rate-window",
        "(increase(auth_failures_total[5m]))",
        "(increase(auth_failures_total[45s]))",
    ),
    # Alerts about one provider select it, and their sums drop the label.
    Mutation(
        "observability.kept-labels",
        ALERTMANAGER,
        FIRST_ROUTE,
        '    - receiver: page\n      matchers: [provider="openai"]\n' + FIRST_ROUTE,
    ),
)
