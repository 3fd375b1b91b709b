from tests.mutations.release_mutations import Mutation

MUTATIONS = (
    Mutation("manifests.parse", add=(("k8s/60-more.yaml", "kind: [ConfigMap\n"),)),
    Mutation("manifests.parse", add=(("k8s/60-more.yaml", "name: {{ .Values.name }}\n"),)),
)
