"""Objects of the release that the API would refuse or misread."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS = (
    Mutation(
        "manifests.schema",
        "k8s/10-project-service.yaml",
        "revisionHistoryLimit: 5",
        'revisionHistoryLimit: "5"',
    ),
    Mutation(
        "manifests.unknown-fields",
        "k8s/10-project-service.yaml",
        "revisionHistoryLimit: 5",
        "revisonHistoryLimit: 5",
    ),
    Mutation(
        "manifests.removed-apis",
        "k8s/50-backups.yaml",
        "apiVersion: batch/v1\n",
        "apiVersion: batch/v1beta1\n",
    ),
    Mutation(
        "manifests.deprecated-apis",
        "k8s/00-namespace.yaml",
        "apiVersion: v1\nkind: ResourceQuota",
        "apiVersion: v1\nkind: ComponentStatus\nmetadata: {name: scheduler}\n---\n"
        "apiVersion: v1\nkind: ResourceQuota",
        status="warn",
    ),
    Mutation(
        "manifests.duplicate-objects",
        "k8s/10-project-service.yaml",
        "apiVersion: v1\nkind: ServiceAccount\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: project-service\n"
        "  namespace: ai-script-generator\nautomountServiceAccountToken: false\n---\n"
        "apiVersion: v1\nkind: ServiceAccount\n",
    ),
    Mutation(
        "manifests.custom-resources",
        "prometheus/servicemonitor.yaml",
        "interval: 30s",
        "interval: 30 seconds",
    ),
)
