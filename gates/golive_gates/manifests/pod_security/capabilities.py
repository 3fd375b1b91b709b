"""Controls on Linux capabilities, of baseline and of restricted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive_gates.manifests.pod_security.views import View, Violation, shown

BASELINE = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
RESTRICTED = frozenset({"NET_BIND_SERVICE"})


def added_beyond_baseline(seen: View) -> Iterator[Violation]:
    """Only the capabilities that container runtimes give anyway may be added."""
    for container, context, path in seen.of_containers:
        for index, name in _listed(context, "add"):
            if name not in BASELINE:
                place = (*path, "capabilities", "add", index)
                yield Violation("capabilities", place, shown(name), container.name)


def added_beyond_restricted(seen: View) -> Iterator[Violation]:
    """Only ``NET_BIND_SERVICE`` may be added; what baseline forbids is baseline's to report."""
    if seen.windows:
        return
    for container, context, path in seen.of_containers:
        for index, name in _listed(context, "add"):
            if name in BASELINE and name not in RESTRICTED:
                place = (*path, "capabilities", "add", index)
                yield Violation("capabilities-added", place, shown(name), container.name)


def all_dropped(seen: View) -> Iterator[Violation]:
    """Every container must drop ``ALL``."""
    if seen.windows:
        return
    for container, context, path in seen.of_containers:
        dropped = [name for _, name in _listed(context, "drop")]
        if "ALL" not in dropped:
            place = (*path, "capabilities", "drop")
            value = ", ".join(map(shown, dropped))
            yield Violation("capabilities-kept", place, value, container.name)


def _listed(context: Mapping[str, Any], key: str) -> Iterator[tuple[int, object]]:
    capabilities = context.get("capabilities")
    found = capabilities.get(key) if isinstance(capabilities, Mapping) else None
    for index, name in enumerate(found if isinstance(found, list) else ()):
        if isinstance(name, str):
            yield index, name
