"""Mistakes in how the objects of the release refer to each other."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

PROJECT, GENERATION = "k8s/10-project-service.yaml", "k8s/11-generation-service.yaml"
CHROMA, FRONT = "k8s/12-chroma.yaml", "k8s/13-front.yaml"
GATEWAY, POLICIES = "k8s/20-gateway.yaml", "k8s/30-network-policies.yaml"
PROMETHEUS = """\
        # Prometheus.
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: monitoring
          podSelector:
            matchLabels:
              app.kubernetes.io/name: prometheus
"""

MUTATIONS = (
    Mutation(
        "manifests.service-selectors",
        PROJECT,
        "type: ClusterIP\n  selector:\n    app.kubernetes.io/name: project-service",
        "type: ClusterIP\n  selector:\n    app.kubernetes.io/name: project",
    ),
    Mutation("manifests.service-ports", PROJECT, "targetPort: http", "targetPort: web"),
    Mutation(
        "manifests.workload-selectors",
        CHROMA,
        "serviceName: chroma\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: chroma",
        "serviceName: chroma\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: vectors",
    ),
    Mutation(
        "manifests.ingress-backends",
        GATEWAY,
        "backendRequest: 30s\n      backendRefs:\n        - name: front\n          port: 80",
        "backendRequest: 30s\n      backendRefs:\n        - name: front\n          port: 8080",
    ),
    Mutation(
        "manifests.tls-secrets",
        GATEWAY,
        "secretName: scripts-example-com-tls",
        "secretName: scripts-example-com",
    ),
    Mutation(
        "manifests.hpa-target",
        GENERATION,
        "scaleTargetRef:\n    apiVersion: apps/v1",
        "scaleTargetRef:\n    apiVersion: extensions/v1beta1",
    ),
    Mutation(
        "manifests.hpa-metrics",
        GENERATION,
        "type: Utilization\n          averageUtilization: 70",
        "type: AverageValue\n          averageUtilization: 70",
    ),
    Mutation(
        "manifests.hpa-replicas",
        GENERATION,
        "spec:\n  revisionHistoryLimit: 5\n  minReadySeconds: 10",
        "spec:\n  replicas: 2\n  revisionHistoryLimit: 5\n  minReadySeconds: 10",
    ),
    Mutation(
        "manifests.disruption-budgets",
        FRONT,
        "spec:\n  maxUnavailable: 1",
        "spec:\n  minAvailable: 2",
    ),
    Mutation("manifests.network-policies", POLICIES, PROMETHEUS, ""),
    Mutation("manifests.network-policies", POLICIES, "port: 53\n", "port: 54\n", count=0),
    Mutation(
        "manifests.network-policies",
        POLICIES,
        "kubernetes.io/metadata.name: envoy-gateway-system",
        "kubernetes.io/metadata.name: monitoring",
    ),
    Mutation("manifests.volumes", PROJECT, "type: Recreate", "type: RollingUpdate"),
    Mutation(
        "manifests.references",
        PROJECT,
        "configMapRef:\n                name: project-service",
        "configMapRef:\n                name: project-settings",
    ),
    Mutation("manifests.quotas", "k8s/00-namespace.yaml", 'pods: "40"', 'pods: "12"'),
)
