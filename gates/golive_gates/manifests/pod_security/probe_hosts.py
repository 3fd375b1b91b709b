"""Baseline control on probes and hooks that ask another host, since policy version 1.34."""

from __future__ import annotations

from collections.abc import Iterator

from golive.sources.kubernetes.objects import KeyPath
from golive_gates.manifests.pod_security.views import View, Violation, shown

PLACES: tuple[KeyPath, ...] = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
SINCE = 34


def probe_hosts(seen: View) -> Iterator[Violation]:
    """``host`` of an ``httpGet`` or ``tcpSocket`` must be empty: the node would send requests."""
    if seen.minor < SINCE:
        return
    for container in seen.pod.containers:
        for place in PLACES:
            if place[0] not in container.data:
                continue
            for handler in ("httpGet", "tcpSocket"):
                path = (*place, handler, "host")
                host = container.get(*path)
                if isinstance(host, str) and host:
                    yield Violation(
                        "probe-hosts", (*container.path, *path), shown(host), container.name
                    )
