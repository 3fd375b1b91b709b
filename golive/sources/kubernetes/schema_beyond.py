"""What the API server refuses although every field by itself is right.

Names that have to be unique within a list, and fields whose allowed values depend on the kind
around them (``pkg/apis/*/validation`` of Kubernetes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.sources.kubernetes.objects import KeyPath, dig
from golive.sources.kubernetes.pods import CONTAINER_LISTS, POD_PATHS
from golive.sources.kubernetes.schema_violations import Violation

_ENDS = ("OnFailure", "Never")
_LASTS = ("Always",)
_RESTARTS = {
    "Job.batch": _ENDS,
    "CronJob.batch": _ENDS,
    "Deployment.apps": _LASTS,
    "StatefulSet.apps": _LASTS,
    "DaemonSet.apps": _LASTS,
    "ReplicaSet.apps": _LASTS,
    "ReplicationController": _LASTS,
}


def beyond(kind: str, data: Mapping[str, Any]) -> Iterator[Violation]:
    """What is wrong with an object of *kind*, as ``Deployment.apps``."""
    if kind == "Service":
        yield from _service(data)
        return
    base = POD_PATHS.get(kind)
    spec = dig(data, (*base, "spec")) if base is not None else None
    if base is None or not isinstance(spec, Mapping):
        return
    path = (*base, "spec")
    # One name space for all containers of a pod.
    named = [(path, key) for key in CONTAINER_LISTS]
    yield from _twice(((*p, key), spec.get(key)) for p, key in named)
    yield from _twice([((*path, "volumes"), spec.get("volumes"))])
    yield from _mounts(spec, path)
    yield from _restart(kind, spec, path)


def _restart(kind: str, spec: Mapping[str, Any], path: KeyPath) -> Iterator[Violation]:
    allowed = _RESTARTS.get(kind)
    if allowed is None:
        return
    policy = spec.get("restartPolicy") or "Always"
    known = policy in (*_ENDS, *_LASTS)  # Another value is reported by itself.
    if known and policy not in allowed:
        yield Violation("restart-policy", (*path, "restartPolicy"), ", ".join(allowed), str(policy))


def _mounts(spec: Mapping[str, Any], path: KeyPath) -> Iterator[Violation]:
    for key in CONTAINER_LISTS:
        for index, container in _mappings(spec.get(key)):
            mounts = (*path, key, index, "volumeMounts")
            yield from _twice([(mounts, container.get("volumeMounts"))], "mountPath")


def _service(data: Mapping[str, Any]) -> Iterator[Violation]:
    path = ("spec", "ports")
    ports = dig(data, path)
    if not isinstance(ports, list):
        return
    yield from _twice([(path, ports)])
    if len(ports) > 1:
        for index, port in _mappings(ports):
            if not port.get("name"):
                yield Violation("missing", (*path, index, "name"), "name")


def _twice(lists: Any, field: str = "name") -> Iterator[Violation]:  # noqa: ANN401 - YAML
    """Items of *lists*, pairs of path and list, that repeat the *field* of an earlier one."""
    seen: set[str] = set()
    for path, items in lists:
        for index, item in _mappings(items):
            name = item.get(field)
            if not isinstance(name, str) or not name:
                continue
            if name in seen:
                yield Violation("duplicate", (*path, index, field), field, name)
            seen.add(name)


def _mappings(items: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            yield index, item
