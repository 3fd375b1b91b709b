"""``streaming.controller-support``: the controller in front is still maintained.

What: whether Ingresses are served by ingress-nginx (the Kubernetes project's controller), whose
best-effort maintenance ended in March 2026, and which version of it the files install. Why: no
release, bug fix or security fix follows, for the one part that faces the network; it goes on
working, so this warns. Below 1.11.5, and in 1.12.0, anybody on the pod network can take it over
(CVE-2025-1974), so that fails. A stream that passes a controller which golive does not know is
told here, once, since no check of proxies says anything of it. Remedy: plan the way to a Gateway
API implementation, or to a maintained controller. The Ingress API itself is frozen and stays.
"""

from __future__ import annotations

import re

from golive.api import CheckResult, Observation, Severity, Status
from golive_gates.streaming.configured.lifecycle import at_object, graph_in
from golive_gates.streaming.configured.looking import at, file_based, file_check, judged
from golive_gates.streaming.configured.parts import F5, INGRESS_NGINX, OTHER, Configured, Route
from golive_gates.streaming.settings import Settings

SPEC = file_check("controller-support", Severity.MEDIUM)


_IMAGE = re.compile(r"ingress-nginx/controller(?:-chroot)?:v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})")
SAFE = ((1, 11, 5), (1, 12, 1))
"""First versions without the take-over, of their minor version and all later ones."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One warning for all Ingresses of that controller, at the first of them."""
    del settings
    part = observation.require(Configured)
    served: dict[str, Route] = {}
    for route in part.routes:
        if route.proxy in (INGRESS_NGINX, F5, OTHER) and not route.canary:
            served.setdefault(str(route.resource), route)
    old = [r for r in served.values() if r.proxy == INGRESS_NGINX]
    found = [at(old[0], None, "unmaintained", Status.WARN, count=len(old))] if old else []
    installed = [
        (pod, container, [int(n) for n in image.groups()])
        for pod in graph_in(observation).pods
        for container in pod.containers
        if (image := _IMAGE.search(str(container.get("image"))))
    ]
    found += [
        at_object(
            pod.owner, (*c.path, "image"), "vulnerable", {"version": _text(v)}, container=c.name
        )
        for pod, c, v in installed
        if _vulnerable(tuple(v))
    ]
    found += [
        at(route, None, "controller-unknown", Status.INCONCLUSIVE)
        for route in part.routes
        if route.streaming and route.proxy == OTHER
    ]
    return judged(SPEC, observation, len(served) + len(installed), found)


def _vulnerable(version: tuple[int, ...]) -> bool:
    return version < SAFE[0] or (SAFE[1][:2] == version[:2] and version < SAFE[1])


def _text(version: list[int]) -> str:
    return ".".join(str(part) for part in version)


CHECK = file_based(SPEC, judge)
