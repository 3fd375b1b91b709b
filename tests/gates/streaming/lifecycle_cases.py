"""A passing, a failing and a no-evidence release for each check of a stream's life."""

from __future__ import annotations

from golive.api import Observation
from tests.gates.streaming.releases import NGINX, configured, hpa, service

_SCALED = "[{type: Pods, pods: {metric: {name: streams}, target: {averageValue: '%d'}}}]"
_HEALTHY = service() + hpa(_SCALED % 40)


def _seen(text: str = _HEALTHY, nginx: str = NGINX, problems: int = 0) -> Observation:
    return Observation({"Configured": configured(text, nginx, problems)})


_FAILING = {
    "heartbeat-margin": _seen(service(env="[{name: SSE_HEARTBEAT, value: '3600'}]")),
    "drain-chain": _seen(service(grace="null")),
    "worker-shutdown": _seen(nginx=NGINX.replace("330s", "60s")),
    "keep-alive-order": _seen(service(args="[a:b]")),
    "connection-capacity": _seen(service(command="[gunicorn]", args="[a:b]")),
    "autoscaling": _seen(service() + hpa(_SCALED % 4)),
}

LIFECYCLE: dict[str, tuple[Observation, Observation, Observation]] = {
    f"streaming.{name}": (_seen(), failing, _seen(problems=1)) for name, failing in _FAILING.items()
}
"""Passing, failing and without evidence, by the id of the check."""
