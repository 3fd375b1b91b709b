"""A passing, a failing and a no-evidence observation for every check on pods and containers."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Observation
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import observed

Case = tuple[Observation, Settings]
SOUND = f"""
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: app, labels: {{app: web}}}}
spec:
  automountServiceAccountToken: false
  securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}}}
  containers:
    - name: web
      image: registry.example/web:1.2.3@sha256:{"0123456789abcdef" * 4}
      ports: [{{name: http, containerPort: 8000}}]
      env: [{{name: LOG_LEVEL, value: info}}]
      readinessProbe: {{httpGet: {{path: /readyz, port: http}}}}
      livenessProbe: {{httpGet: {{path: /healthz, port: http}}}}
      resources: {{requests: {{cpu: 100m, memory: 64Mi}}, limits: {{memory: 64Mi}}}}
      securityContext:
        allowPrivilegeEscalation: false
        privileged: false
        readOnlyRootFilesystem: true
        capabilities: {{drop: [ALL]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: app}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: http}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: web, namespace: app}}
data: {{HOST: web.example}}
"""
WRONG = {
    "image-tags": ("registry.example/web", "registry.example/Web"),
    "image-digests": ("@sha256:0", "@sha256:"),
    "pod-security-baseline": ("privileged: false", "privileged: true"),
    "pod-security-restricted": ("drop: [ALL]", "drop: []"),
    "resources": ("limits: {memory: 64Mi}", "limits: {memory: 32Mi}"),
    "read-only-root": ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    "probes": ("readinessProbe:", "startupProbe:"),
    "probe-ports": ("/healthz, port: http", "/healthz, port: web"),
    "probe-liveness": ("/healthz", "/readyz"),
    "probe-timings": ("/readyz, port: http}", "/readyz, port: http}, periodSeconds: 30"),
    "service-account-token": ("automountServiceAccountToken: false", "hostname: web"),
    "env-secrets": ("name: LOG_LEVEL", "name: DB_PASSWORD"),
    "inline-secrets": ("HOST: web.example", "API_KEY: t7Kq2mZp9Rw4"),
}


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _cases(old: str, new: str) -> Cases:
    assert old in SOUND, old
    settings = Settings()
    return Cases(
        (observed(SOUND), settings),
        (observed(SOUND.replace(old, new)), settings),
        (observed(SOUND, problems=1), settings),
    )


CASES: dict[str, Cases] = {f"manifests.{name}": _cases(*wrong) for name, wrong in WRONG.items()}
