"""Mistakes in pods and containers."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

PROJECT = "k8s/10-project-service.yaml"
GENERATION = "k8s/11-generation-service.yaml"
CHROMA = "k8s/12-chroma.yaml"
BACKUPS = "k8s/50-backups.yaml"
DIGEST = "@sha256:f43088298cba1d175dc77d16b146b19380e079934da16f3d17c374f780a869e5"

MUTATIONS = (
    Mutation("manifests.image-tags", PROJECT, f":3.0.0{DIGEST}", ":latest"),
    Mutation("manifests.image-tags", BACKUPS, "/backup:3.0.0@sha256:", "/Backup:3.0.0@sha256:"),
    Mutation("manifests.image-digests", PROJECT, DIGEST, "", status="warn"),
    Mutation("manifests.image-digests", PROJECT, DIGEST, DIGEST[:-1]),
    Mutation(
        "manifests.pod-security-baseline",
        PROJECT,
        "      serviceAccountName: project-service\n",
        "      serviceAccountName: project-service\n      hostPID: true\n",
    ),
    Mutation("manifests.pod-security-baseline", PROJECT, "privileged: false", "privileged: true"),
    Mutation("manifests.pod-security-baseline", CHROMA, "type: RuntimeDefault", "type: Unconfined"),
    Mutation(
        "manifests.pod-security-baseline",
        "k8s/00-namespace.yaml",
        "enforce: restricted",
        "enforce: strict",
    ),
    Mutation(
        "manifests.pod-security-restricted",
        PROJECT,
        "allowPrivilegeEscalation: false",
        "allowPrivilegeEscalation: true",
    ),
    Mutation("manifests.pod-security-restricted", BACKUPS, "drop: [ALL]", "drop: [NET_RAW]"),
    Mutation(
        "manifests.pod-security-restricted",
        CHROMA,
        "        runAsNonRoot: true\n",
        "",
        more=((CHROMA, "            runAsNonRoot: true\n", ""),),
    ),
    Mutation("manifests.resources", PROJECT, "              memory: 512Mi\n", ""),
    Mutation("manifests.resources", BACKUPS, "memory: 512Mi", "memory: 512m"),
    Mutation("manifests.resources", CHROMA, "memory: 1Gi", "memory: 8Gi"),
    Mutation(
        "manifests.read-only-root",
        BACKUPS,
        "readOnlyRootFilesystem: true",
        "readOnlyRootFilesystem: false",
    ),
    Mutation(
        "manifests.probes",
        CHROMA,
        "          readinessProbe:\n"
        "            httpGet:\n"
        "              path: /api/v2/healthcheck\n"
        "              port: http\n"
        "            periodSeconds: 5\n"
        "            timeoutSeconds: 3\n"
        "            failureThreshold: 2\n",
        "",
    ),
    Mutation(
        "manifests.probe-ports",
        GENERATION,
        "              path: /readyz\n              port: http\n",
        "              path: /readyz\n              port: web\n",
    ),
    Mutation(
        "manifests.probe-liveness",
        PROJECT,
        "          livenessProbe:\n"
        "            httpGet:\n"
        "              path: /healthz\n"
        "              port: http\n"
        "            periodSeconds: 10\n",
        "          livenessProbe:\n"
        "            httpGet:\n"
        "              path: /readyz\n"
        "              port: http\n"
        "            periodSeconds: 3\n",
    ),
    Mutation(
        "manifests.probe-timings",
        GENERATION,
        "              path: /readyz\n              port: http\n            periodSeconds: 5\n",
        "              path: /readyz\n              port: http\n            periodSeconds: 30\n",
    ),
    Mutation(
        "manifests.service-account-token",
        GENERATION,
        "      automountServiceAccountToken: false\n",
        "      automountServiceAccountToken: true\n",
    ),
    Mutation(
        "manifests.env-secrets",
        BACKUPS,
        "                - name: HOME\n                  value: /tmp\n",
        "                - name: CHROMA_TOKEN\n                  value: t7Kq2mZp9Rw4\n",
    ),
    Mutation(
        "manifests.inline-secrets",
        GENERATION,
        "  RATE_LIMIT: 200/60s\n",
        "  RATE_LIMIT: 200/60s\n  API_TOKEN: t7Kq2mZp9Rw4\n",
    ),
    Mutation(
        "manifests.inline-secrets",
        "k8s/40-secrets.yaml",
        "apiVersion: external-secrets.io/v1\n",
        "apiVersion: v1\n"
        "kind: Secret\n"
        "metadata:\n"
        "  name: session\n"
        "  namespace: ai-script-generator\n"
        "stringData:\n"
        "  signing-key: CHANGEME\n"
        "---\n"
        "apiVersion: external-secrets.io/v1\n",
    ),
)
