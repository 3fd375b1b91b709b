"""Objects of the release of ``live_world`` as an API server has them."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.gates.manifests.api_double import Json

NAMESPACE = "shop"
NOW = datetime.now(UTC)


def named(name: str, **more: Any) -> Json:
    """Metadata as the server writes it."""
    return {
        "name": name,
        "namespace": NAMESPACE,
        "uid": f"uid-of-{name}",
        "resourceVersion": "4711",
        "generation": 3,
        "creationTimestamp": "2026-02-01T09:00:00Z",
        "managedFields": [{"manager": "kubectl", "operation": "Apply"}],
        **more,
    }


def deployment() -> Json:
    """The Deployment as the server has it: defaults filled in, quantities in canonical form."""
    container = {
        "name": "web",
        "image": "registry.example/web:1.2.3",
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - in a container
        "terminationMessagePath": "/dev/termination-log",
    }
    sidecar = {"name": "mesh", "image": "mesh:1", "env": [{"name": "KEY", "value": "canary-7f3a"}]}
    return {
        "metadata": named("web", labels={"app": "web", "added": "by-hand"}),
        "spec": {
            "replicas": 4,
            "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": "web"}},
            "strategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [sidecar, container],
                    "volumes": [
                        {"name": "token", "projected": {}},
                        {"name": "tmp", "emptyDir": {}},
                    ],
                    "restartPolicy": "Always",
                    "schedulerName": "default-scheduler",
                },
            },
        },
        "status": {
            "observedGeneration": 3,
            "replicas": 4,
            "updatedReplicas": 4,
            "readyReplicas": 4,
            "availableReplicas": 4,
            "conditions": [
                {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
                {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
            ],
        },
    }


def pod(name: str, *, ready: bool = True, **state: Any) -> Json:
    """A running pod of the Deployment; *state* replaces parts of its container's status."""
    status = {
        "name": "web", "restartCount": 0, "ready": ready,
        "state": {"running": {"startedAt": "2026-02-01T09:00:05Z"}}, "lastState": {},
    }  # fmt: skip
    owner = {"kind": "ReplicaSet", "name": "web-5d4f", "controller": True}
    return {
        "metadata": named(name, labels={"app": "web"}, ownerReferences=[owner]),
        "spec": {"containers": [{"name": "web"}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": [{**status, **state}],
        },
    }


def event(reason: str, count: int = 1, ago: float = 600.0, name: str = "web-5d4f-a") -> Json:
    """A Warning about one of the release's pods, *ago* seconds before now."""
    return {
        "metadata": named(f"event-{reason}"),
        "type": "Warning",
        "reason": reason,
        "message": "as the kubelet says it",
        "count": count,
        "lastTimestamp": (NOW - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "involvedObject": {"kind": "Pod", "name": name},
    }


@cache
def certificate(days: int, host: str = "shop.example.com") -> bytes:
    """A self-signed certificate in PEM, by openssl, valid from now on for *days* days."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "certificate.pem"
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(Path(folder) / "key.pem"),
                "-out", str(out), "-subj", "/CN=double", "-addext", f"subjectAltName=DNS:{host}",
                "-days", str(days),
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        return out.read_bytes()


def tls_secret(name: str, pem: bytes) -> Json:
    data = {
        "tls.crt": base64.b64encode(pem).decode(),
        "tls.key": base64.b64encode(b"PRIVATE-KEY-CANARY-91c4").decode(),
    }
    return {"metadata": named(name), "type": "kubernetes.io/tls", "data": data}
