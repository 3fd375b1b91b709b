"""Mistakes in where the alerts of the release go."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

ALERTMANAGER = "alertmanager/alertmanager.yml"
FIRST_ROUTE = '    - receiver: page\n      matchers: [severity="critical"]\n'
RECEIVERS = "receivers:\n  # Anything with no severity"

NIGHTS = (
    "\ntime_intervals:\n  - name: nights\n    time_intervals:\n"
    '      - times: [{start_time: "00:00", end_time: "06:00"}]\n\nroute:\n'
)

MUTATIONS = (
    # A silence for one afternoon that was never taken back.
    Mutation(
        "observability.routes",
        ALERTMANAGER,
        FIRST_ROUTE,
        '    - receiver: "null"\n      matchers: [alertname="HighErrorRate"]\n' + FIRST_ROUTE,
        more=((ALERTMANAGER, RECEIVERS, RECEIVERS.replace(":", ':\n  - name: "null"', 1)),),
    ),
    Mutation(
        "observability.routes",
        ALERTMANAGER,
        FIRST_ROUTE,
        '    - receiver: ticket\n      matchers: [severity=~".+"]\n' + FIRST_ROUTE,
    ),
    Mutation(
        "observability.receivers",
        ALERTMANAGER,
        "    - receiver: page\n",
        "    - receiver: on-call\n",
        more=((ALERTMANAGER, RECEIVERS, RECEIVERS.replace(":", ":\n  - name: on-call", 1)),),
    ),
    Mutation(
        "observability.receivers",
        ALERTMANAGER,
        "  slack_api_url_file: /etc/alertmanager/secrets/slack-webhook-url\n",
        "",
    ),
    Mutation(
        "observability.receiver-secrets",
        ALERTMANAGER,
        "routing_key_file: /etc/alertmanager/secrets/pagerduty-routing-key",
        "routing_key: REPLACE_ME",
    ),
    Mutation(
        "observability.inhibition",
        ALERTMANAGER,
        'source_matchers: [severity="critical", slo=~".+"]\n'
        '    target_matchers: [severity="warning", slo=~".+"]',
        'source_matchers: [severity="warning", slo=~".+"]\n'
        '    target_matchers: [severity="critical", slo=~".+"]',
    ),
    Mutation(
        "observability.mute-times",
        ALERTMANAGER,
        FIRST_ROUTE,
        FIRST_ROUTE + "      mute_time_intervals: [nights]\n",
        more=((ALERTMANAGER, "\nroute:\n", NIGHTS),),
    ),
)
