"""The manifests hold together: references, security, probes, draining, scaling."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Documents = Callable[[str], list[dict[str, Any]]]
OfKind = Callable[..., dict[str, dict[str, Any]]]
Pods = list[tuple[str, dict[str, Any]]]
Manifests = list[dict[str, Any]]

NAMESPACE = "ai-script-generator"
CLUSTER_SCOPED = {"Namespace", "GatewayClass"}
GIB, MIB = 2**30, 2**20


def matches(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return selector.items() <= labels.items()


def labelled(pods: list[tuple[str, dict[str, Any]]], selector: dict[str, str]) -> list[str]:
    return [name for name, pod in pods if matches(selector, pod["metadata"]["labels"])]


def seconds(arguments: list[str], flag: str) -> int:
    found = [a.split("=")[1] for a in arguments if a.startswith(f"{flag}=")]
    assert len(found) == 1, flag
    return int(found[0])


def test_everything_is_in_the_one_namespace(manifests: Manifests) -> None:
    for manifest in manifests:
        if manifest["kind"] not in CLUSTER_SCOPED:
            assert manifest["metadata"]["namespace"] == NAMESPACE, manifest["metadata"]


def test_namespace_enforces_the_restricted_level(of_kind: OfKind) -> None:
    labels = of_kind("Namespace")[NAMESPACE]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_pods_are_restricted(pods: Pods) -> None:
    assert len(pods) == 8
    for name, pod in pods:
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", name
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            for part in ("requests", "limits"):
                assert {"cpu", "memory"} <= container["resources"][part].keys(), name
            assert re.search(r":[\w.-]+@sha256:[0-9a-f]{64}$", container["image"]), name


def test_one_image_has_one_digest(pods: Pods) -> None:
    digests: dict[str, set[str]] = {}
    for _, pod in pods:
        for container in pod["spec"]["containers"]:
            image, digest = container["image"].split("@")
            digests.setdefault(image, set()).add(digest)
    assert len(digests) == 5
    assert all(len(found) == 1 for found in digests.values())


def test_references_of_pods_do_not_dangle(pods: Pods, of_kind: OfKind) -> None:
    accounts, configs = of_kind("ServiceAccount"), of_kind("ConfigMap")
    secrets = {s["spec"]["target"]["name"] for s in of_kind("ExternalSecret").values()}
    claims = set(of_kind("PersistentVolumeClaim"))
    for name, owner in of_kind("StatefulSet").items():
        for template in owner["spec"].get("volumeClaimTemplates", []):
            claims.add(f"{template['metadata']['name']}-{name}-0")
    for name, pod in pods:
        spec = pod["spec"]
        assert spec["serviceAccountName"] in accounts, name
        volumes = {v["name"] for v in spec["volumes"]}
        if name == "StatefulSet/chroma":
            volumes.add("chroma-data")
        for volume in spec["volumes"]:
            if "configMap" in volume:
                assert volume["configMap"]["name"] in configs, name
            if "secret" in volume:
                assert volume["secret"]["secretName"] in secrets, name
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims, name
        for container in spec["containers"]:
            assert {m["name"] for m in container["volumeMounts"]} == volumes, name
            for source in container.get("envFrom", []):
                assert source["configMapRef"]["name"] in configs, name
            assert all("valueFrom" not in e for e in container.get("env", [])), name


def test_no_secret_value_is_committed(manifests: Manifests) -> None:
    assert not [m for m in manifests if m["kind"] == "Secret"]


def test_selectors_match_exactly_their_own_pods(pods: Pods, of_kind: OfKind) -> None:
    for name, workload in of_kind("Deployment", "StatefulSet").items():
        selected = labelled(pods, workload["spec"]["selector"]["matchLabels"])
        assert selected == [f"{workload['kind']}/{name}"]
    for name, service in of_kind("Service").items():
        (owner,) = labelled(pods, service["spec"]["selector"])
        pod = dict(pods)[owner]
        ports = {p["name"] for c in pod["spec"]["containers"] for p in c["ports"]}
        assert all(p["name"] and p["targetPort"] in ports for p in service["spec"]["ports"]), name
    for budget in of_kind("PodDisruptionBudget").values():
        assert len(labelled(pods, budget["spec"]["selector"]["matchLabels"])) == 1


def test_stateful_set_has_its_headless_service(of_kind: OfKind) -> None:
    chroma = of_kind("StatefulSet")["chroma"]
    assert of_kind("Service")[chroma["spec"]["serviceName"]]["spec"]["clusterIP"] == "None"


def test_probes_have_ports_and_paths_of_their_own(pods: Pods) -> None:
    served = [(n, p) for n, p in pods if n.split("/")[0] in {"Deployment", "StatefulSet"}]
    assert len(served) == 4
    for name, pod in served:
        (container,) = pod["spec"]["containers"]
        ports = {p["name"] for p in container["ports"]}
        probes = {k: container[f"{k}Probe"] for k in ("startup", "readiness", "liveness")}
        assert all(p["httpGet"]["port"] in ports for p in probes.values()), name
        paths = {k: p["httpGet"]["path"] for k, p in probes.items()}
        assert paths["readiness"] != paths["liveness"], name
        assert probes["startup"]["periodSeconds"] * probes["startup"]["failureThreshold"] >= 30
        assert all(
            p["timeoutSeconds"] < p["periodSeconds"] or p is probes["startup"]
            for p in probes.values()
        ), name


@pytest.mark.parametrize(
    ("name", "longest_stream"), [("project-service", 0), ("generation-service", 300)]
)
def test_services_drain_before_they_are_killed(
    of_kind: OfKind, name: str, longest_stream: int
) -> None:
    pod = of_kind("Deployment")[name]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    command, pause = container["lifecycle"]["preStop"]["exec"]["command"]
    assert command == "sleep"
    graceful = seconds(container["args"], "--timeout-graceful-shutdown")
    assert graceful > longest_stream
    assert int(pause) + graceful < pod["terminationGracePeriodSeconds"]
    assert seconds(container["args"], "--timeout-keep-alive") == 75


def test_longest_stream_is_what_the_service_is_told(of_kind: OfKind) -> None:
    settings = of_kind("ConfigMap")["generation-service"]["data"]
    assert settings["STREAM_MAX_SECONDS"] == "300"
    assert int(settings["SSE_HEARTBEAT_SECONDS"]) < 60


def test_stores_have_one_writer(of_kind: OfKind) -> None:
    project = of_kind("Deployment")["project-service"]["spec"]
    assert (project["replicas"], project["strategy"]) == (1, {"type": "Recreate"})
    assert of_kind("StatefulSet")["chroma"]["spec"]["replicas"] == 1


def test_autoscaler_follows_streams_and_owns_the_replicas(of_kind: OfKind) -> None:
    scaler = of_kind("HorizontalPodAutoscaler")["generation-service"]["spec"]
    target = of_kind(scaler["scaleTargetRef"]["kind"])[scaler["scaleTargetRef"]["name"]]
    assert "replicas" not in target["spec"]
    assert scaler["minReplicas"] >= 2
    metric = next(m["pods"] for m in scaler["metrics"] if m["type"] == "Pods")
    assert metric["metric"]["name"] == "sse_streams_active"
    assert scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"] >= 300
    budget = of_kind("PodDisruptionBudget")["generation-service"]["spec"]
    assert budget["maxUnavailable"] < scaler["minReplicas"]


def test_adapter_serves_the_autoscaler_metric(documents: Documents) -> None:
    (adapter,) = documents("prometheus/adapter-config.yaml")
    assert [r["name"]["as"] for r in adapter["rules"]] == ["sse_streams_active"]


def quantity(text: str) -> float:
    units = {"Mi": MIB, "Gi": GIB, "m": 0.001}
    match = re.fullmatch(r"(\d+)(Mi|Gi|m)?", text)
    assert match, text
    return int(match[1]) * units.get(match[2] or "", 1)


def test_quota_holds_every_workload_at_its_maximum(of_kind: OfKind, pods: Pods) -> None:
    hard = of_kind("ResourceQuota")["compute"]["spec"]["hard"]
    maximum = of_kind("HorizontalPodAutoscaler")["generation-service"]["spec"]["maxReplicas"]
    copies = {"Deployment/generation-service": maximum + 1, "Deployment/front": 3}
    for part in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            needed = sum(
                quantity(c["resources"][part][resource]) * copies.get(name, 1)
                for name, pod in pods
                for c in pod["spec"]["containers"]
            )
            assert needed <= quantity(hard[f"{part}.{resource}"]), (part, resource)


def test_routes_lead_to_services_and_streams_have_no_total_limit(of_kind: OfKind) -> None:
    services, gateways = of_kind("Service"), of_kind("Gateway")
    route = of_kind("HTTPRoute")["api"]["spec"]
    assert route["parentRefs"][0]["name"] in gateways
    for rule in route["rules"]:
        for backend in rule["backendRefs"]:
            ports = [p["port"] for p in services[backend["name"]]["spec"]["ports"]]
            assert backend["port"] in ports
    streaming = next(
        r for r in route["rules"] if r["matches"][0]["path"]["value"] == "/api/v1/generate"
    )
    assert streaming["timeouts"] == {"request": "0s", "backendRequest": "0s"}


def test_certificate_issues_what_the_gateway_presents(of_kind: OfKind) -> None:
    listeners = of_kind("Gateway")["public"]["spec"]["listeners"]
    https = next(x for x in listeners if x["name"] == "https")
    certificate = of_kind("Certificate")["scripts-example-com"]["spec"]
    assert https["tls"]["certificateRefs"][0]["name"] == certificate["secretName"]
    assert https["hostname"] in certificate["dnsNames"]
    assert certificate["issuerRef"]["name"] in of_kind("Issuer")
    assert of_kind("Gateway")["public"]["spec"]["gatewayClassName"] in of_kind("GatewayClass")


def admitted(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return [peer for rule in policy["spec"]["ingress"] for peer in rule["from"]]


def test_network_policies_admit_prometheus_and_the_gateway(of_kind: OfKind, pods: Pods) -> None:
    policies = of_kind("NetworkPolicy")
    assert policies["default-deny"]["spec"]["podSelector"] == {}
    prometheus = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}},
    }
    for name in ("project-service", "generation-service"):
        assert labelled(pods, policies[name]["spec"]["podSelector"]["matchLabels"])
        assert prometheus in admitted(policies[name]), name
        front = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "front"}}}
        assert front in admitted(policies[name]), name
    (gateway,) = admitted(policies["front"])
    assert gateway["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "envoy-gateway-system"
    }


def test_every_egress_to_a_pod_is_admitted_there(of_kind: OfKind, pods: Pods) -> None:
    policies = of_kind("NetworkPolicy")
    checked = 0
    for name, policy in policies.items():
        origin = policy["spec"]["podSelector"].get("matchLabels", {})
        for rule in policy["spec"].get("egress", []):
            for peer in rule["to"]:
                if "podSelector" not in peer or "namespaceSelector" in peer:
                    continue
                target = peer["podSelector"]["matchLabels"]
                assert labelled(pods, target), name
                receiving = policies[target["app.kubernetes.io/name"]]
                assert {"podSelector": {"matchLabels": origin}} in admitted(receiving), name
                checked += 1
    assert checked >= 5


@pytest.mark.parametrize(
    ("name", "schedule"), [("backup-sqlite", "0 */6 * * *"), ("backup-chroma", "30 23 * * *")]
)
def test_backup_jobs_do_not_overlap_and_run_scripts_that_exist(
    of_kind: OfKind, release: Path, name: str, schedule: str
) -> None:
    spec = of_kind("CronJob")[name]["spec"]
    assert spec["schedule"] == schedule
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["startingDeadlineSeconds"] >= 600
    assert spec["successfulJobsHistoryLimit"] >= 1
    assert spec["failedJobsHistoryLimit"] >= 1
    (container,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert (release / container["command"][1].removeprefix("/app/")).is_file()


def test_backup_of_a_read_write_once_volume_runs_on_its_node(of_kind: OfKind) -> None:
    job = of_kind("CronJob")["backup-sqlite"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (term,) = job["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert term["labelSelector"]["matchLabels"] == {"app.kubernetes.io/name": "project-service"}
