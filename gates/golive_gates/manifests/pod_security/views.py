"""A pod as the controls of the Pod Security Standards see it, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath, dig
from golive.sources.kubernetes.pods import Container, Pod


@dataclass(frozen=True, slots=True)
class Violation:
    """One value that a control forbids, or demands and does not find.

    ``path``: in the workload's object. ``value``: as written, empty where it is missing.
    ``container``: empty for a setting of the pod.
    """

    control: str
    path: KeyPath
    value: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A pod under the policy of Kubernetes 1.``minor``.

    ``settings``: the ``securityContext`` of the pod (container ``None``) and of every container,
    init and ephemeral ones included, each with its path.
    """

    pod: Pod
    minor: int
    settings: tuple[tuple[Container | None, Mapping[str, Any], KeyPath], ...]

    @property
    def own_users(self) -> bool:
        """Whether the pod runs in a user namespace of its own."""
        return self.pod.spec.get("hostUsers") is False

    @property
    def windows(self) -> bool:
        """Whether the pod says that it runs on Windows, where Linux settings cannot be made."""
        return bool(dig(self.pod.spec, ("os", "name")) == "windows")

    @property
    def of_pod(self) -> Mapping[str, Any]:
        """The pod's own security context."""
        return self.settings[0][1]

    @property
    def of_containers(self) -> Iterator[tuple[Container, Mapping[str, Any], KeyPath]]:
        """The security context of every container, empty where it has none."""
        for container, context, path in self.settings[1:]:
            if container is not None:
                yield container, context, path


Control = Callable[[View], Iterable[Violation]]


def view(pod: Pod, minor: int) -> View:
    """*pod* under the policy of Kubernetes 1.*minor*."""
    return View(
        pod,
        minor,
        (
            (None, _mapping(pod.spec, "securityContext"), (*pod.path, "securityContext")),
            *(
                (c, _mapping(c.data, "securityContext"), (*c.path, "securityContext"))
                for c in pod.containers
            ),
        ),
    )


def set_values(
    seen: View, control: str, path: tuple[str, ...], forbidden: Callable[[object], bool]
) -> Iterator[Violation]:
    """Values at *path* of any security context that are *forbidden*."""
    first, deeper = path[0], len(path) > 1
    for container, context, base in seen.settings:
        if first in context:
            value = dig(context, path) if deeper else context[first]
            if forbidden(value):
                name = "" if container is None else container.name
                yield Violation(control, (*base, *path), shown(value), name)


def shown(value: object) -> str:
    """*value* as YAML writes it, short enough for a sentence."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:120]


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}
