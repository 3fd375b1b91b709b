"""How the cluster is reached: kubeconfig, context, the pod's own account, TLS."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from golive.api import Observation, Status, Unavailable
from golive.config.model import Cluster as ClusterConfig
from golive_gates.manifests.live.access import NoAccess, connect
from golive_gates.manifests.live.api import Api
from golive_gates.manifests.live.parts import Live
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import TOKEN, kubeconfig, serving
from tests.gates.manifests.live_run import context, judged, looked


@pytest.fixture
def identity(tmp_path: Path) -> tuple[Path, Path]:
    """Key and certificate for 127.0.0.1 in one file, and the certificate alone."""
    both, alone = tmp_path / "both.pem", tmp_path / "ca.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", both, "-out", alone, "-days", "2", "-subj", "/CN=double",
            "-addext", "subjectAltName=IP:127.0.0.1",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes(both.read_bytes() + alone.read_bytes())
    return both, alone


def test_https_with_the_clusters_authority(tmp_path: Path, identity: tuple[Path, Path]) -> None:
    both, alone = identity
    with serving(world.healthy(), both) as url:
        path = kubeconfig(tmp_path, url, authority=alone)
        part = looked(context(ClusterConfig("shop", kubeconfig=path)))
    assert isinstance(part, Live)
    assert part.version == "v1.34.0-golive-test-double"


def test_https_with_a_strangers_certificate_is_not_trusted(
    tmp_path: Path, identity: tuple[Path, Path]
) -> None:
    cluster = world.healthy()
    with serving(cluster, identity[0]) as url:
        part = looked(context(ClusterConfig("shop", kubeconfig=kubeconfig(tmp_path, url))))
    assert isinstance(part, Unavailable)
    assert part.reason.code == "live-tls"
    assert cluster.requests == [], "no credential left before the server was known"


def test_a_context_is_chosen_by_name(tmp_path: Path) -> None:
    with serving(world.healthy()) as url:
        path = kubeconfig(tmp_path, url)
        named = ClusterConfig("shop", kubeconfig=path, context="nowhere")
        assert connect(named, tmp_path).host == "http://127.0.0.1:1"
        assert connect(ClusterConfig("shop", kubeconfig=path), tmp_path).host == url


def test_a_kubeconfig_is_relative_to_the_configuration(tmp_path: Path) -> None:
    kubeconfig(tmp_path, "http://127.0.0.1:9")
    found = connect(ClusterConfig("shop", kubeconfig="kubeconfig"), tmp_path)
    assert found.host == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    "content",
    [None, "", "[", "a: [1, 2", '{"kind": "Config"}', '{"contexts": 7, "current-context": "a"}'],
)
def test_a_kubeconfig_that_cannot_be_used_says_why(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "broken"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    part = looked(context(ClusterConfig("shop", kubeconfig=str(path))))
    assert isinstance(part, Unavailable)
    assert part.reason.code == "live-no-access"
    gap = Observation({"Live": part, "Manifests": Unavailable(part.reason)})
    assert judged("live-cluster", gap).status is Status.INCONCLUSIVE
    assert judged("live-pdb", gap).blocked_by == "manifests.live-cluster"


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, "http://127.0.0.1:9")
    with pytest.raises(NoAccess) as raised:
        connect(ClusterConfig("shop", kubeconfig=path, context="other"), tmp_path)
    assert TOKEN not in str(raised.value)


def test_in_a_pod_its_own_account_is_used(
    tmp_path: Path, identity: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path / "account"
    account.mkdir()
    (account / "token").write_text(TOKEN, encoding="utf-8")
    (account / "ca.crt").write_bytes(identity[1].read_bytes())
    cluster = world.healthy()
    with serving(cluster, identity[0]) as url:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", url.rpartition(":")[2])
        access = connect(ClusterConfig("shop"), tmp_path, account)
        assert access.host == url
        api = Api(access, context(None))
        answer = asyncio.run(api.get(f"{world.CORE}/pods"))
        api.close()
        assert answer.outcome == "ok"
        named = ClusterConfig("shop", kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:9"))
        assert connect(named, tmp_path, account).host == "http://127.0.0.1:9"


def test_a_kubeconfig_is_not_written_back(tmp_path: Path) -> None:
    path = Path(kubeconfig(tmp_path, "http://127.0.0.1:9"))
    before = path.read_bytes()
    connect(ClusterConfig("shop", kubeconfig=str(path)), tmp_path)
    assert path.read_bytes() == before
    assert json.loads(before)["current-context"] == "double"


@pytest.mark.parametrize(
    ("server", "skip", "verified"),
    [
        ("https://api.example.com", False, True),
        ("https://api.example.com", True, False),
        ("http://api.example.com", False, False),
        ("http://127.0.0.1:8001", False, True),
        ("https://127.0.0.1:6443", True, True),
    ],
)
def test_a_server_that_need_not_prove_itself_is_noted(
    tmp_path: Path, server: str, skip: bool, verified: bool
) -> None:
    path = Path(kubeconfig(tmp_path, server))
    data = json.loads(path.read_text())
    data["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = skip
    path.write_text(json.dumps(data), encoding="utf-8")
    assert connect(ClusterConfig("shop", kubeconfig=str(path)), tmp_path).verified is verified
