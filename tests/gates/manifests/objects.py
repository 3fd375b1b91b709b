"""Kubernetes objects in a word each, for tests of what they are to each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from golive.api import CheckResult
from tests.gates.manifests.snippets import judged

Data = Mapping[str, Any]
Object = dict[str, Any]


def check(name: str, *objects: Data, problems: int = 0) -> CheckResult:
    """The result of check *name* over *objects* in one file (JSON is YAML)."""
    return judged(name, "\n---\n".join(map(json.dumps, objects)), problems=problems)


def verdict(name: str, *objects: Data, problems: int = 0) -> tuple[str, list[str]]:
    """Status and codes of the findings; a code that only warns or is undecided says so."""
    result = check(name, *objects, problems=problems)
    codes = [
        f.reason.code + (f" ({f.status.value})" if f.status is not None else "")
        for f in result.findings
    ]
    return result.status.value, codes


def obj(kind: str, name: str, api: str = "v1", namespace: str = "app", **fields: Any) -> Object:
    """Any object; ``labels`` and ``annotations`` go into its metadata."""
    metadata = {"name": name, "namespace": namespace}
    metadata |= {k: fields.pop(k) for k in ("labels", "annotations") if k in fields}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}


def pod_spec(**fields: Any) -> Object:
    container = {
        "name": "web",
        "image": "web:1",
        "ports": [{"name": "http", "containerPort": 8000}],
        **fields.pop("container", {}),
    }
    return {"containers": [container, *fields.pop("containers", [])], **fields}


def workload(kind: str = "Deployment", name: str = "web", **fields: Any) -> Object:
    """A workload whose pods carry ``app: <name>``; ``pod`` and ``container`` fill these."""
    labels = fields.pop("labels", {"app": name})
    pod = {**fields.pop("pod", {})}
    if "container" in fields:
        pod["container"] = fields.pop("container")
    metadata = {"labels": labels, "annotations": fields.pop("pod_annotations", {})}
    spec = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": metadata, "spec": pod_spec(**pod)},
        **fields.pop("spec", {}),
    }
    return obj(kind, name, "apps/v1", spec=spec, **fields)


def cron_job(name: str = "backup", **pod: Any) -> Object:
    template = {"metadata": {"labels": {"app": name}}, "spec": pod_spec(**pod)}
    spec = {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": template}}}
    return obj("CronJob", name, "batch/v1", spec=spec)


def service(name: str = "web", selector: object = None, **fields: Any) -> Object:
    ports = fields.pop("ports", [{"name": "http", "port": 80, "targetPort": "http"}])
    spec = {"selector": selector or {"app": name}, "ports": ports, **fields.pop("spec", {})}
    return obj("Service", name, spec=spec, **fields)


def hpa(name: str = "web", least: object = 2, most: object = 5, **fields: Any) -> Object:
    target = fields.pop("target", {"apiVersion": "apps/v1", "kind": "Deployment", "name": name})
    spec = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most}
    spec |= fields.pop("spec", {})
    return obj("HorizontalPodAutoscaler", name, "autoscaling/v2", spec=spec, **fields)


def budget(name: str = "web", **spec: Any) -> Object:
    full = {"selector": {"matchLabels": {"app": name}}, **spec}
    return obj("PodDisruptionBudget", name, "policy/v1", spec=full)


def ingress(*paths: Data, **fields: Any) -> Object:
    rule = {"host": fields.pop("host", "a.example.com"), "http": {"paths": list(paths)}}
    spec = {"ingressClassName": "nginx", "rules": [rule], **fields.pop("spec", {})}
    return obj("Ingress", "web", "networking.k8s.io/v1", spec=spec, **fields)


def path(name: str = "web", /, **port: Any) -> Object:
    backend = {"service": {"name": name, "port": port or {"number": 80}}}
    return {"path": "/", "pathType": "Prefix", "backend": backend}


GATEWAY_API = "gateway.networking.k8s.io/v1"


def gateway(*listeners: Data, name: str = "public", **fields: Any) -> Object:
    found = listeners or ({"name": "http", "port": 80, "protocol": "HTTP"},)
    spec = {"gatewayClassName": "envoy", "listeners": list(found)}
    return obj("Gateway", name, GATEWAY_API, spec=spec, **fields)


def route(*refs: Data, kind: str = "HTTPRoute", **fields: Any) -> Object:
    rules = fields.pop("rules", [{"backendRefs": list(refs)}])
    spec = {"parentRefs": [{"name": "public"}], "rules": rules, **fields.pop("spec", {})}
    return obj(kind, "web", GATEWAY_API, spec=spec, **fields)


def claim(name: str = "data", *modes: str, **spec: Any) -> Object:
    full = {"accessModes": list(modes or ("ReadWriteOnce",)), **spec}
    return obj("PersistentVolumeClaim", name, spec=full)


def policy(name: str = "web", selector: object = None, **spec: Any) -> Object:
    full = {"podSelector": {} if selector is None else selector, **spec}
    return obj("NetworkPolicy", name, "networking.k8s.io/v1", spec=full)
