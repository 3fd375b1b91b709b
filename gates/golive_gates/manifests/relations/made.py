"""Which Secrets and ConfigMaps the release brings, and who makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.label_index import NameIndex
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.manifests.relations.values import entries, text


@dataclass(frozen=True, slots=True)
class Made:
    """A Secret or ConfigMap that *by* is or makes. ``keys``: ``None`` where files do not tell."""

    by: KubernetesObject
    keys: frozenset[str] | None = None


MAKERS: Mapping[str, tuple[KeyPath, ...]] = {
    "Certificate.cert-manager.io": (("spec", "secretName"),),
    "SealedSecret.bitnami.com": (("spec", "template", "metadata", "name"), ("metadata", "name")),
    "ExternalSecret.external-secrets.io": (("spec", "target", "name"), ("metadata", "name")),
    "VaultStaticSecret.secrets.hashicorp.com": (("spec", "destination", "name"),),
    "VaultDynamicSecret.secrets.hashicorp.com": (("spec", "destination", "name"),),
    "VaultPKISecret.secrets.hashicorp.com": (("spec", "destination", "name"),),
    "OnePasswordItem.onepassword.com": (("metadata", "name"),),
    "InfisicalSecret.secrets.infisical.com": (("spec", "managedSecretReference", "secretName"),),
    "DopplerSecret.secrets.doppler.com": (("spec", "managedSecret", "name"),),
    "KafkaUser.kafka.strimzi.io": (("metadata", "name"),),
}
"""Kinds whose controllers make one Secret, and where its name stands: the first that is there."""

LIST_MAKERS: Mapping[str, tuple[str, str]] = {
    "SecretProviderClass.secrets-store.csi.x-k8s.io": ("secretObjects", "secretName"),
    "SopsSecret.isindir.github.com": ("secretTemplates", "name"),
}
"""Kinds whose controllers make several: the list below ``spec``, and the name in its entries."""

EVERYWHERE = "ClusterExternalSecret.external-secrets.io"
CLUSTER_CONFIG = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"})
"""ConfigMaps that a cluster puts into every namespace."""


@lru_cache(maxsize=2)
def secrets_made(graph: Graph) -> NameIndex[Made]:
    """Secrets by namespace and name."""
    index: NameIndex[Made] = NameIndex()
    for secret in graph.all("Secret"):
        filled = text(secret.get("type")) == "kubernetes.io/service-account-token"
        keys = None if filled else _keys(secret, "data", "stringData")
        index.add(secret.namespace, secret.name, Made(secret, keys))
    for kind, places in MAKERS.items():
        for maker in graph.all(kind):
            name = next((n for p in places if (n := text(maker.get(*p)))), "")
            index.add(maker.namespace, name, Made(maker, _known_keys(maker)))
    for kind, (listed, named) in LIST_MAKERS.items():
        for maker in graph.all(kind):
            for _, entry in entries(maker.get("spec", listed)):
                index.add(maker.namespace, text(entry.get(named)), Made(maker))
    for maker in graph.all(EVERYWHERE):
        name = text(maker.get("spec", "externalSecretName")) or maker.name
        index.add("", text(maker.get("spec", "externalSecretSpec", "target", "name")) or name,
                  Made(maker))  # fmt: skip
    return index


@lru_cache(maxsize=2)
def config_made(graph: Graph) -> NameIndex[Made]:
    """ConfigMaps by namespace and name."""
    index: NameIndex[Made] = NameIndex()
    for config in graph.all("ConfigMap"):
        made = Made(config, _keys(config, "data", "binaryData"))
        index.add(config.namespace, config.name, made)
    for bundle in graph.all("Bundle.trust.cert-manager.io"):
        index.add("", bundle.name, Made(bundle))
    return index


def _keys(found: KubernetesObject, *fields: str) -> frozenset[str]:
    return frozenset(str(key) for field in fields for key in found.mapping(field))


def _known_keys(maker: KubernetesObject) -> frozenset[str] | None:
    """Keys of the Secret that *maker* makes, where its file lists all of them."""
    if maker.kind == "SealedSecret":
        templated = maker.mapping("spec", "template", "data")
        return frozenset(_external(maker.mapping("spec", "encryptedData"), templated))
    if maker.kind == "ExternalSecret":
        listed = maker.sequence("spec", "data")
        if maker.sequence("spec", "dataFrom") or maker.mapping("spec", "target", "template"):
            return None
        return frozenset(text(entry.get("secretKey")) for _, entry in entries(listed))
    return None


def _external(*parts: Mapping[str, object]) -> Iterator[str]:
    return (str(key) for part in parts for key in part)
