"""Controls on the profiles that confine a process: AppArmor, SELinux and seccomp."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.manifests.pod_security.views import View, Violation, set_values, shown

CONFINED = frozenset({"RuntimeDefault", "Localhost"})
APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
SELINUX_ENGINE = "container_engine_t"
ENGINE_SINCE = 31


def app_armor(seen: View) -> Iterator[Violation]:
    """A profile that is set must be the runtime's or a local one, by field and by annotation."""
    yield from set_values(seen, "app-armor", ("appArmorProfile", "type"), _unconfined)
    for key, value in seen.pod.annotations.items():
        if not str(key).startswith(APP_ARMOR_ANNOTATION) or not isinstance(value, str):
            continue
        if value and value != "runtime/default" and not value.startswith("localhost/"):
            path = (*seen.pod.path[:-1], "metadata", "annotations", key)
            name = key.removeprefix(APP_ARMOR_ANNOTATION)
            yield Violation("app-armor", path, shown(value), name)


def selinux(seen: View) -> Iterator[Violation]:
    """Only the container types may be set, and neither user nor role."""
    allowed = SELINUX_TYPES | ({SELINUX_ENGINE} if seen.minor >= ENGINE_SINCE else frozenset())
    yield from set_values(
        seen,
        "selinux",
        ("seLinuxOptions", "type"),
        lambda value: isinstance(value, str) and value not in allowed,
    )
    for key in ("user", "role"):
        yield from set_values(
            seen, "selinux", ("seLinuxOptions", key), lambda v: isinstance(v, str) and bool(v)
        )


def seccomp(seen: View) -> Iterator[Violation]:
    """A profile that is set must be the runtime's or a local one."""
    return set_values(seen, "seccomp", ("seccompProfile", "type"), _unconfined)


def seccomp_set(seen: View) -> Iterator[Violation]:
    """Every container must have a profile, its own or the pod's.

    A pod's that baseline forbids is baseline's to report, and not once more for each container.
    """
    if seen.windows or _profile(seen.of_pod) is not None:
        return
    for container, context, path in seen.of_containers:
        if _profile(context) is None:
            yield Violation("seccomp-unset", (*path, "seccompProfile", "type"), "", container.name)


def _profile(context: object) -> object:
    found = context.get("seccompProfile") if isinstance(context, dict) else None
    return found.get("type") if isinstance(found, dict) else None


def _unconfined(value: object) -> bool:
    return isinstance(value, str) and value not in CONFINED
