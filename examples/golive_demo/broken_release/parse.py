"""Files of the release that cannot be read."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

MUTATIONS = (
    Mutation("manifests.parse", add=(("k8s/60-more.yaml", "kind: [ConfigMap\n"),)),
    Mutation("manifests.parse", add=(("k8s/60-more.yaml", "name: {{ .Values.name }}\n"),)),
)
