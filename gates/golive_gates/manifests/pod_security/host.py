"""Baseline controls on reaching the node: namespaces, ports, volumes, privileges, HostProcess."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.manifests.pod_security.views import View, Violation, set_values, shown

NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")


def host_namespaces(seen: View) -> Iterator[Violation]:
    """``hostNetwork``, ``hostPID`` and ``hostIPC`` must not be true."""
    for key in NAMESPACES:
        if seen.pod.spec.get(key) is True:
            yield Violation("host-namespaces", (*seen.pod.path, key), key)


def privileged(seen: View) -> Iterator[Violation]:
    """No container may be privileged."""
    for container, context, path in seen.of_containers:
        if context.get("privileged") is True:
            yield Violation("privileged", (*path, "privileged"), "true", container.name)


def host_process(seen: View) -> Iterator[Violation]:
    """Neither pod nor container may be a Windows HostProcess."""
    path = ("windowsOptions", "hostProcess")
    return set_values(seen, "host-process", path, lambda value: value is True)


def host_path(seen: View) -> Iterator[Violation]:
    """No volume may be a path of the node."""
    volumes = seen.pod.spec.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        if isinstance(volume, dict) and volume.get("hostPath") is not None:
            path = (*seen.pod.path, "volumes", index, "hostPath")
            yield Violation("host-path", path, shown(volume.get("name", "")))


def host_ports(seen: View) -> Iterator[Violation]:
    """No container may take a port of the node; 0 is none."""
    for container in seen.pod.containers:
        ports = container.data.get("ports")
        for index, port in enumerate(ports if isinstance(ports, list) else ()):
            number = port.get("hostPort") if isinstance(port, dict) else None
            if isinstance(number, int) and not isinstance(number, bool) and number != 0:
                path = (*container.path, "ports", index, "hostPort")
                yield Violation("host-ports", path, shown(number), container.name)
