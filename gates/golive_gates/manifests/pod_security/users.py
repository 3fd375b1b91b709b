"""Restricted controls on whom a process may be and become."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.manifests.pod_security.kernel import OWN_USERS_SINCE
from golive_gates.manifests.pod_security.views import View, Violation, set_values


def no_escalation(seen: View) -> Iterator[Violation]:
    """``allowPrivilegeEscalation`` must be false in every container; it defaults to true."""
    if seen.windows:
        return
    for container, context, path in seen.of_containers:
        value = context.get("allowPrivilegeEscalation")
        if value is None or value is True:
            yield Violation(
                "privilege-escalation",
                (*path, "allowPrivilegeEscalation"),
                "true" if value else "",
                container.name,
            )


def run_as_non_root(seen: View) -> Iterator[Violation]:
    """``runAsNonRoot`` must be true in the pod or in each container, and false nowhere.

    A ``runAsUser`` above 0 does not replace it.
    """
    if _own_users(seen):
        return
    yield from set_values(seen, "run-as-root", ("runAsNonRoot",), lambda value: value is False)
    if seen.of_pod.get("runAsNonRoot") is not None:
        return
    for container, context, path in seen.of_containers:
        if context.get("runAsNonRoot") is None:
            yield Violation("non-root-unset", (*path, "runAsNonRoot"), "", container.name)


def run_as_user(seen: View) -> Iterator[Violation]:
    """``runAsUser`` must not be 0; it may be left out."""
    if not _own_users(seen):
        yield from set_values(seen, "run-as-user", ("runAsUser",), _is_root)


def _own_users(seen: View) -> bool:
    return seen.own_users and seen.minor >= OWN_USERS_SINCE


def _is_root(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value == 0
