"""A small release and how it looks while it runs well, for the live checks of gate `manifests`."""

from __future__ import annotations

import json

from tests.gates.manifests.api_double import Cluster
from tests.gates.manifests.live_objects import (
    NAMESPACE,
    NOW,
    certificate,
    deployment,
    event,
    named,
    pod,
    tls_secret,
)

__all__ = ["NAMESPACE", "NOW", "certificate", "event", "healthy", "named", "pod", "tls_secret"]

RELEASE = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data: {MODE: fast}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: false
      containers:
        - name: web
          image: registry.example/web:1.2.3
          ports: [{name: http, containerPort: 8080}]
          env:
            - {name: A, value: "1"}
            - {name: B, value: "2"}
          resources:
            requests: {cpu: 1000m, memory: 1024Mi}
          volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes: [{name: tmp, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 6
  metrics:
    - type: Pods
      pods: {metric: {name: streams}, target: {type: AverageValue, averageValue: "40"}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  tls: [{hosts: [shop.example.com], secretName: web-tls}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: http, interval: 15s}]}
"""

CORE = f"/api/v1/namespaces/{NAMESPACE}"


def path(group: str, version: str, plural: str) -> str:
    return f"/apis/{group}/{version}/namespaces/{NAMESPACE}/{plural}"


DEPLOYMENTS = path("apps", "v1", "deployments")
STATEFUL = path("apps", "v1", "statefulsets")
DAEMONS = path("apps", "v1", "daemonsets")
PODS = f"{CORE}/pods"
SERVICES = f"{CORE}/services"
SECRETS = f"{CORE}/secrets"
EVENTS = f"{CORE}/events"
CONFIG_MAPS = f"{CORE}/configmaps"
SLICES = path("discovery.k8s.io", "v1", "endpointslices")
SCALERS = path("autoscaling", "v2", "horizontalpodautoscalers")
BUDGETS = path("policy", "v1", "poddisruptionbudgets")
INGRESSES = path("networking.k8s.io", "v1", "ingresses")
ISSUED = path("cert-manager.io", "v1", "certificates")
MONITORS = path("monitoring.coreos.com", "v1", "servicemonitors")


def healthy() -> Cluster:
    """The release of :data:`RELEASE` as it runs well. A new one each time."""
    release = {
        DEPLOYMENTS: [deployment()],
        STATEFUL: [],
        DAEMONS: [],
        PODS: [pod(f"web-5d4f-{letter}") for letter in "abcd"],
        SERVICES: [
            {
                "metadata": named("web"),
                "spec": {
                    "type": "ClusterIP", "clusterIP": "10.0.0.7", "selector": {"app": "web"},
                    "ports": [
                        {"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http"},
                    ],
                },
            }
        ],
        SLICES: [
            {
                "metadata": named("web-x1", labels={"kubernetes.io/service-name": "web"}),
                "endpoints": [{"conditions": {"ready": True}} for _ in range(4)],
            }
        ],
        SCALERS: [
            {
                "metadata": named("web"),
                "spec": {
                    "scaleTargetRef": {
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": "web",
                    },
                    "minReplicas": 2, "maxReplicas": 6,
                    "metrics": [{
                        "type": "Pods",
                        "pods": {
                            "metric": {"name": "streams"},
                            "target": {"type": "AverageValue", "averageValue": "40"},
                        },
                    }],
                },
                "status": {
                    "currentReplicas": 4, "desiredReplicas": 4,
                    "currentMetrics": [{"type": "Pods", "pods": {}}],
                    "conditions": [
                        {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale"},
                        {"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"},
                    ],
                },
            }
        ],
        BUDGETS: [
            {
                "metadata": named("web"),
                "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
                "status": {
                    "disruptionsAllowed": 2, "currentHealthy": 4, "desiredHealthy": 2,
                    "expectedPods": 4, "observedGeneration": 3,
                },
            }
        ],
        INGRESSES: [
            {
                "metadata": named("web"),
                "spec": {
                    "ingressClassName": "nginx",
                    "tls": [{"hosts": ["shop.example.com"], "secretName": "web-tls"}],
                    "rules": [{
                        "host": "shop.example.com",
                        "http": {"paths": [{
                            "path": "/", "pathType": "Prefix",
                            "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                        }]},
                    }],
                },
            }
        ],
        CONFIG_MAPS: [{"metadata": named("web"), "data": {"MODE": "fast"}}],
        ISSUED: [],
        EVENTS: [{**event("Pulled"), "type": "Normal"}],
        MONITORS: [
            {
                "metadata": named("web"),
                "spec": {
                    "selector": {"matchLabels": {"app": "web"}},
                    "endpoints": [{"port": "http", "interval": "15s"}],
                },
            }
        ],
        SECRETS: [tls_secret("web-tls", certificate(90))],
    }  # fmt: skip
    return Cluster(json.loads(json.dumps(release)))
