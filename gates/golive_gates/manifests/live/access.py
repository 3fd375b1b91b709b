"""The way into a cluster: kubeconfig or the pod's own service account. I/O."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from golive.api import VERSION
from golive.authorisation import is_loopback
from golive.config.model import Cluster
from golive.errors import describe

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class NoAccess(Exception):
    """There is no usable configuration; ``str()`` says why, without any credential."""


@dataclass(frozen=True, slots=True)
class Access:
    """An authenticated way to the API server. ``client``: the official client's ``ApiClient``.

    ``verified``: whether the server has to prove who it is, or is this machine.
    """

    host: str
    client: Any
    verified: bool = True


def connect(cluster: Cluster, base: Path, account: Path = SERVICE_ACCOUNT) -> Access:
    """Configure the official client; sends nothing, save what a kubeconfig's own command sends.

    A kubeconfig or context that is named wins, relative to *base*; then the service account of
    the pod that golive runs in, if its files are in *account*; then what kubectl would use.
    Raises ``NoAccess``.
    """
    # Importing the official client loads every API that it knows: seconds on a cold start.
    import kubernetes
    from kubernetes.config import incluster_config

    official: Any = kubernetes  # its functions carry no types
    in_cluster: Any = incluster_config
    settings = official.client.Configuration()
    token, authority = account / "token", account / "ca.crt"
    named = cluster.kubeconfig or cluster.context
    try:
        if not named and token.is_file() and authority.is_file():
            in_cluster.InClusterConfigLoader(
                token_filename=str(token), cert_filename=str(authority)
            ).load_and_set(settings)
        else:
            path = cluster.kubeconfig
            official.config.load_kube_config(
                config_file=None if path is None else str(base / Path(path).expanduser()),
                context=cluster.context,
                client_configuration=settings,
                persist_config=False,
            )
    except Exception as error:
        # The client raises its own errors, YAML's, and whatever a malformed file leads to.
        raise NoAccess(describe(error)) from error
    # Every request is counted and bounded here; none may be repeated behind our back.
    settings.retries = False
    client = official.client.ApiClient(settings)
    client.user_agent = f"golive/{VERSION}"
    host = str(settings.host).rstrip("/")
    url = urlsplit(host)
    proven = url.scheme == "https" and settings.verify_ssl is not False
    return Access(host, client, proven or is_loopback(url.hostname or ""))
