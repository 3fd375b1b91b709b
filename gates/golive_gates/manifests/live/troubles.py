"""What keeps a container from running, by its pod's status. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from golive_gates.manifests.live.parts import ContainerState, PodSeen

IMAGE = frozenset(
    {
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImageInspectError",
        "ImagePullBackOff",
        "InvalidImageName",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
"""Waiting reasons of the kubelet that say the image cannot be had."""

CONFIG = frozenset(
    {
        "CreateContainerConfigError",
        "CreateContainerError",
        "PostStartHookError",
        "PreCreateHookError",
        "PreStartHookError",
        "RunContainerError",
        "StartError",
    }
)
"""Waiting reasons that say the container cannot be made or started."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One container's trouble: ``code`` is a reason of ``manifests.live-restarts``."""

    pod: PodSeen
    container: ContainerState
    code: str


def troubles(pod: PodSeen, at: datetime, within: float) -> Iterator[Trouble]:
    """The worst of each container; ends more than *within* seconds before *at* are past."""
    for container in pod.containers:
        code = _code(pod, container, at - timedelta(seconds=within))
        if code:
            yield Trouble(pod, container, code)


def _code(pod: PodSeen, state: ContainerState, since: datetime) -> str:
    if state.waiting in IMAGE:
        return "image"
    if state.waiting in CONFIG:
        return "config"
    recent = state.ended_at is not None and state.ended_at >= since
    # The end that counts is the last one: before it nobody knows when.
    if state.ended == "OOMKilled" and (recent or state.waiting):
        return "out-of-memory"
    if state.waiting == "CrashLoopBackOff":
        return "crash-loop"
    over = pod.phase in ("Succeeded", "Failed")
    if state.restarts and recent and not over:
        return "restarted"
    if pod.phase == "Failed" and recent and state.exit_code not in (0, None):
        return "ended"
    return ""
