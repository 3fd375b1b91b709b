"""Controls on what a container sees and sets of the kernel: /proc and sysctls."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.manifests.pod_security.views import View, Violation, set_values, shown

OWN_USERS_SINCE = 35
"""First policy version that asks less of a pod in a user namespace of its own."""

SYSCTLS = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_slow_start_after_idle": 37,
    "net.ipv4.tcp_notsent_lowat": 37,
}
"""Allowed sysctls, each with the first policy version that allows it."""


def proc_mount(seen: View) -> Iterator[Violation]:
    """/proc must keep its masks; from 1.35 a pod with its own users may drop them."""
    if not (seen.own_users and seen.minor >= OWN_USERS_SINCE):
        yield from _unmasked(seen, "proc-mount")


def proc_mount_always(seen: View) -> Iterator[Violation]:
    """Restricted keeps the masks even for a pod with its own users."""
    if seen.own_users and seen.minor >= OWN_USERS_SINCE:
        yield from _unmasked(seen, "proc-mount-restricted")


def sysctls(seen: View) -> Iterator[Violation]:
    """Only sysctls that are the pod's own may be set."""
    found = seen.of_pod.get("sysctls")
    for index, item in enumerate(found if isinstance(found, list) else ()):
        name = item.get("name") if isinstance(item, dict) else None
        if isinstance(name, str) and SYSCTLS.get(name, seen.minor + 1) > seen.minor:
            path = (*seen.pod.path, "securityContext", "sysctls", index, "name")
            yield Violation("sysctls", path, shown(name))


def _unmasked(seen: View, control: str) -> Iterator[Violation]:
    for found in set_values(seen, control, ("procMount",), _not_default):
        if found.container:
            yield found


def _not_default(value: object) -> bool:
    return isinstance(value, str) and value != "Default"
