"""What ingress-nginx does to a stream, by an Ingress's annotations, its ConfigMap, its defaults.

From the controller's documentation (annotations, ConfigMap) and behaviour: an integer that does
not parse is dropped with a line in the log alone, and the ConfigMap's value or the default
applies. Response buffering is off by default, and a limit answers 503. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.streaming.configured.ingress_rules import (
    DEFAULTS,
    NOT_TEXT,
    OUT_OF_RANGE,
    config_fault,
    discarded,
)
from golive_gates.streaming.configured.nginx import EVENT_STREAM
from golive_gates.streaming.configured.parts import (
    ANNOTATION,
    CONFIG_MAP,
    DEFAULT,
    Effective,
    stated,
)
from golive_gates.streaming.configured.units import go_bool, nginx_seconds, size

PREFIX = "nginx.ingress.kubernetes.io/"
CONFIG_NAMES = ("ingress-nginx-controller", "nginx-configuration", "nginx-ingress-controller")
"""What the controller's own manifests and charts call its ConfigMap."""


@dataclass(frozen=True, slots=True)
class Controller:
    """The controller's settings. ``config``: its ConfigMap, if that is among the files."""

    config: KubernetesObject | None = None

    def word(self, name: str) -> Effective:
        """What applies to every Ingress that says nothing of *name*; ``value`` as written."""
        value = self.config.get("data", name) if self.config is not None else None
        if self.config is None or value is None:
            return Effective(DEFAULTS.get(name), DEFAULT)
        path = ("data", name)
        wrong = NOT_TEXT if not isinstance(value, str) else config_fault(name, value)
        if wrong:
            return stated(self.config, path, DEFAULTS.get(name), DEFAULT, discarded=wrong)
        return stated(self.config, path, str(value), CONFIG_MAP)

    def setting(self, ingress: KubernetesObject, name: str) -> Effective:
        """What applies to *ingress*: its annotation, unless the controller discards that."""
        key = PREFIX + name
        value = ingress.mapping("metadata", "annotations").get(key)
        general = self.word(name)
        if value is None or value == "":
            return general
        path = ("metadata", "annotations", key)
        wrong = discarded(name, value)
        if wrong:
            # Out of range it is a number to the controller, and nginx refuses the whole.
            unknown = wrong == OUT_OF_RANGE
            return stated(
                ingress, path, None, "", instead=general, discarded=wrong, unknown=unknown
            )
        return stated(ingress, path, str(value), ANNOTATION)


def settings(ingress: KubernetesObject, controller: Controller) -> dict[str, Effective]:
    """Effective settings of every path of *ingress*."""

    def of(name: str) -> Effective:
        return controller.setting(ingress, name)

    general = controller.word
    found = {
        "buffering": unless_told(read_as(of("proxy-buffering"), _is_on)),
        "request-buffering": read_as(of("proxy-request-buffering"), _is_on),
        "read-timeout": read_as(of("proxy-read-timeout"), float),
        "send-timeout": read_as(of("proxy-send-timeout"), float),
        "http-version": of("proxy-http-version"),
        "body-limit": read_as(of("proxy-body-size"), _bytes),
        "retries": _retries(of("proxy-next-upstream"), general("retry-non-idempotent")),
        "compression": _compression(controller),
        "client-keepalive-timeout": read_as(general("keep-alive"), float),
        "upstream-keepalive-timeout": read_as(general("upstream-keepalive-timeout"), float),
        # An Ingress cannot state it, and the controller's ConfigMap often is another release's.
        "worker-shutdown-timeout": replace(
            read_as(general("worker-shutdown-timeout"), nginx_seconds),
            unknown=controller.config is None,
        ),
    }
    return found | _limits(of, general)


def read_as(effective: Effective, read: Callable[[str], str | float | bool | None]) -> Effective:
    """*effective* with its written value read as what it means."""
    if effective.value is None:
        return effective
    return replace(effective, value=read(str(effective.value)))


def unless_told(buffering: Effective) -> Effective:
    """On is not certain: nginx listens to the service's `X-Accel-Buffering`, too."""
    return replace(buffering, unknown=True) if buffering.value is True else buffering


def _is_on(text: str) -> bool:
    return text.strip() == "on"


def _bytes(text: str) -> float | None:
    return size(text.replace(" ", "")) or None


def _retries(after: Effective, general: Effective) -> Effective:
    """A sent POST goes to another pod only with `non_idempotent`, stated or for all."""
    words = str(after.value).split()
    if "off" in words:
        return read_as(after, lambda _: False)
    if "non_idempotent" in words or general.value != "true":
        return read_as(after, lambda text: "non_idempotent" in text.split())
    return read_as(general, lambda _: True)


def _compression(controller: Controller) -> Effective:
    for switch, types in (("use-gzip", "gzip-types"), ("enable-brotli", "brotli-types")):
        on = controller.word(switch)
        listed = controller.word(types)
        if go_bool(str(on.value)) and EVENT_STREAM & set(str(listed.value).split()):
            return read_as(listed, lambda _: True)
    return read_as(controller.word("use-gzip"), lambda _: False)


def _limits(
    of: Callable[[str], Effective], general: Callable[[str], Effective]
) -> dict[str, Effective]:
    found: dict[str, Effective] = {}
    connections = of("limit-connections")
    if connections.origin == ANNOTATION and connections.value != "0":
        found["limit-connections"] = read_as(connections, float)
        found["limit-status"] = _answer(general("limit-conn-status-code"), connections)
    for name, seconds in (("limit-rpm", 60), ("limit-rps", 1)):
        rate = of(name)
        if rate.origin == ANNOTATION and rate.value != "0":
            found["limit-requests"] = replace(rate, value=float(str(rate.value)) / seconds)
            status = _answer(general("limit-req-status-code"), rate)
            if "limit-status" not in found or status.value != 429:
                found["limit-status"] = status
    return found


def _answer(status: Effective, limit: Effective) -> Effective:
    """The status over *limit*; where nobody states it, it stands with the limit."""
    found = read_as(status, float)
    if found.location is not None:
        return found
    return replace(
        found, location=limit.location, resource=limit.resource, json_path=limit.json_path
    )
