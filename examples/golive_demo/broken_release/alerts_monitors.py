"""Mistakes in what Prometheus scrapes, in what it takes over, and in the dashboard."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MONITORS = "prometheus/servicemonitor.yaml"
PROMETHEUS = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: prometheuses.monitoring.coreos.com
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: {plural: prometheuses, kind: Prometheus}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata:
  name: main
  namespace: ai-script-generator
spec:
  serviceMonitorSelector:
    matchLabels:
      release: prometheus
  ruleSelector: {}
"""

MUTATIONS = (
    Mutation("observability.monitor-targets", MONITORS, "- port: http", "- port: metrics"),
    Mutation("observability.monitor-targets", MONITORS, "- port: http", '- port: "8001"'),
    Mutation(
        "observability.scrape-interval",
        MONITORS,
        "scrapeTimeout: 10s",
        "scrapeTimeout: 45s",
    ),
    Mutation(
        "observability.monitor-selectors",
        add=(("k8s/60-prometheus.yaml", PROMETHEUS),),
    ),
    Mutation(
        "observability.dashboards",
        "grafana/dashboard.json",
        '"expr": "1 - (sum by',
        '"expr": "1 - ((sum by',
    ),
)
