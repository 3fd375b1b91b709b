"""Names of ConfigMaps, Secrets, accounts, roles and issuers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import Object, check, obj, verdict, workload

NAME = "references"
CONFIG = obj("ConfigMap", "settings", data={"URL": "x"}, binaryData={"logo": "eA=="})
SECRET = obj("Secret", "keys", stringData={"token": "x"})


def env(source: str, name: str, key: str, **more: Any) -> Object:
    ref = {"name": name, "key": key, **more}
    return {"env": [{"name": "X", "valueFrom": {source: ref}}]}


def env_from(source: str, name: str, **more: Any) -> Object:
    return {"envFrom": [{source: {"name": name, **more}}]}


def volume(**source: Any) -> Object:
    return {"volumes": [{"name": "v", **source}]}


EXTERNAL = {"target": {"name": "keys"}, "data": [{"secretKey": "token"}]}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(container=env_from("configMapRef", "settings")), CONFIG], ("pass", [])),
        ([workload(container=env_from("configMapRef", "x")), CONFIG], ("fail", ["no-config-map"])),
        ([workload(container=env_from("configMapRef", "x", optional=True))],
         ("not-applicable", [])),
        ([workload(container=env("configMapKeyRef", "settings", "URL")), CONFIG], ("pass", [])),
        ([workload(container=env("configMapKeyRef", "settings", "logo")), CONFIG], ("pass", [])),
        ([workload(container=env("configMapKeyRef", "settings", "x")), CONFIG],
         ("fail", ["no-key"])),
        ([workload(container=env_from("secretRef", "keys"))], ("warn", ["no-secret (warn)"])),
        ([workload(container=env_from("secretRef", "keys")), SECRET], ("pass", [])),
        ([workload(container=env("secretKeyRef", "keys", "x")), SECRET], ("fail", ["no-key"])),
        ([workload(container=env("secretKeyRef", "keys", "x")),
          obj("ExternalSecret", "e", "external-secrets.io/v1", spec=EXTERNAL)],
         ("fail", ["no-key"])),
        ([workload(container=env("secretKeyRef", "keys", "x")),
          obj("ExternalSecret", "e", "external-secrets.io/v1",
              spec={**EXTERNAL, "dataFrom": [{}]})], ("pass", [])),
        ([workload(container=env("secretKeyRef", "keys", "a")),
          obj("SealedSecret", "keys", "bitnami.com/v1alpha1",
              spec={"encryptedData": {"a": "x"}})], ("pass", [])),
        ([workload(pod=volume(configMap={"name": "x"}))], ("fail", ["no-config-map"])),
        ([workload(pod=volume(secret={"secretName": "keys",
                                      "items": [{"key": "x", "path": "x"}]})), SECRET],
         ("fail", ["no-key"])),
        ([workload(pod=volume(projected={"sources": [{"configMap": {"name": "x"}}]}))],
         ("fail", ["no-config-map"])),
        ([workload(pod=volume(configMap={"name": "kube-root-ca.crt"}))], ("pass", [])),
        ([workload(pod={"serviceAccountName": "web"})], ("fail", ["no-account"])),
        ([workload(pod={"serviceAccountName": "web"}), obj("ServiceAccount", "web")],
         ("pass", [])),
        ([workload(pod={"serviceAccountName": "default"})], ("not-applicable", [])),
        ([workload(pod={"priorityClassName": "high"})], ("warn", ["no-priority (warn)"])),
        ([workload(pod={"priorityClassName": "system-node-critical"})], ("not-applicable", [])),
        ([workload("StatefulSet", "db", spec={"serviceName": "db"})],
         ("warn", ["no-governing (warn)"])),
    ],
)  # fmt: skip
def test_names_in_workloads(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(NAME, *objects) == expected


def test_init_containers_refer_too_and_the_finding_says_which() -> None:
    helper = {"name": "migrate", "image": "m:1", **env_from("configMapRef", "x")}
    (found,) = check(NAME, workload(pod={"initContainers": [helper]})).findings
    assert (found.container, found.reason.code) == ("migrate", "no-config-map")
    assert found.json_path == "spec.template.spec.initContainers[0].envFrom[0].configMapRef"


def test_names_are_looked_up_in_their_own_namespace() -> None:
    other = {**CONFIG, "metadata": {"name": "settings", "namespace": "other"}}
    web = workload(container=env_from("configMapRef", "settings"))
    assert verdict(NAME, web, other) == ("fail", ["no-config-map"])
    open_space = {**CONFIG, "metadata": {"name": "settings"}}
    assert verdict(NAME, web, open_space) == ("pass", [])


def test_an_unread_file_may_hold_it() -> None:
    web = workload(container=env_from("configMapRef", "settings"))
    assert verdict(NAME, web, problems=1) == ("inconclusive", ["no-config-map (inconclusive)"])


RBAC = "rbac.authorization.k8s.io/v1"


def binding(role: Object, *subjects: Object) -> Object:
    return obj("RoleBinding", "b", RBAC, roleRef=role, subjects=list(subjects))


READER = {"kind": "Role", "name": "reader"}
WEB = {"kind": "ServiceAccount", "name": "web", "namespace": "app"}
ISSUED = {"issuerRef": {"name": "le"}, "secretName": "s"}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([binding(READER), obj("Role", "reader", RBAC)], ("pass", [])),
        ([binding(READER)], ("fail", ["no-role"])),
        ([binding({"kind": "ClusterRole", "name": "view"})], ("pass", [])),
        ([binding({"kind": "ClusterRole", "name": "x"})], ("warn", ["no-role (warn)"])),
        ([binding({"kind": "ClusterRole", "name": "view"}, WEB), obj("ServiceAccount", "web")],
         ("pass", [])),
        ([binding({"kind": "ClusterRole", "name": "view"}, WEB), obj("ServiceAccount", "x")],
         ("fail", ["no-subject"])),
        ([binding({"kind": "ClusterRole", "name": "view"}, {**WEB, "namespace": "ci"})],
         ("pass", [])),
        ([obj("Certificate", "c", "cert-manager.io/v1", spec=ISSUED)],
         ("warn", ["no-issuer (warn)"])),
        ([obj("Certificate", "c", "cert-manager.io/v1", spec=ISSUED),
          obj("Issuer", "le", "cert-manager.io/v1")], ("pass", [])),
        ([obj("Certificate", "c", "cert-manager.io/v1",
              spec={**ISSUED, "issuerRef": {"name": "le", "kind": "ClusterIssuer"}})],
         ("not-applicable", [])),
    ],
)  # fmt: skip
def test_names_in_other_objects(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(NAME, *objects) == expected
