"""What F5's NGINX Ingress Controller does to a stream, by annotations. Pure.

From the controller's documentation: time-outs take nginx's units, switches are ``True`` or
``False`` (``off`` is none), response buffering is **on** by default, and an Ingress with an
annotation that does not parse is refused as a whole. A rate limit by annotation answers 429 by
default. Minions of a mergeable Ingress inherit from their master.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.streaming.configured.ingress_nginx import read_as, unless_told
from golive_gates.streaming.configured.ingress_rules import (
    NOT_A_SIZE,
    NOT_A_TIME,
    NOT_BOOL,
    NOT_INTEGER,
    NOT_TEXT,
)
from golive_gates.streaming.configured.parts import (
    ANNOTATION,
    CONFIG_MAP,
    DEFAULT,
    Effective,
    stated,
)
from golive_gates.streaming.configured.units import go_bool, integer, nginx_seconds, size

PREFIX = "nginx.org/"
CONFIG_NAMES = ("nginx-config", "nginx-ingress")


def _bool(text: str) -> str:
    return "" if go_bool(text) is not None else NOT_BOOL


def _time(text: str) -> str:
    return "" if nginx_seconds(text) is not None else NOT_A_TIME


def _integer(text: str) -> str:
    return "" if integer(text) is not None else NOT_INTEGER


def _size(text: str) -> str:
    return "" if size(text) is not None else NOT_A_SIZE


RULES: Mapping[str, Callable[[str], str]] = {
    "proxy-buffering": _bool,
    "proxy-connect-timeout": _time,
    "proxy-read-timeout": _time,
    "proxy-send-timeout": _time,
    "fail-timeout": _time,
    "proxy-next-upstream-timeout": _time,
    "client-max-body-size": _size,
    "proxy-buffer-size": _size,
    "proxy-max-temp-file-size": _size,
    "keepalive": _integer,
    "max-fails": _integer,
    "max-conns": _integer,
    "proxy-next-upstream-tries": _integer,
    "ssl-redirect": _bool,
    "redirect-to-https": _bool,
}

DEFAULTS: Mapping[str, str] = {
    "proxy-buffering": "True",
    "proxy-read-timeout": "60s",
    "proxy-send-timeout": "60s",
    "client-max-body-size": "1m",
    "proxy-next-upstream": "error timeout",
    "keepalive": "0",
    "keepalive-timeout": "75s",
    "limit-req-reject-code": "429",
}


INHERITED = frozenset(
    {
        *("proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout"),
        *("client-max-body-size", "proxy-buffering", "proxy-buffer-size", "keepalive"),
        *("proxy-max-temp-file-size", "max-fails", "max-conns", "fail-timeout"),
        *("limit-req-rate", "limit-req-reject-code"),
    }
)
"""What a minion takes from its master where it states nothing itself."""


def refused(name: str, value: object) -> str:
    """Why the controller refuses an Ingress for annotation *name*; empty when it does not."""
    if not isinstance(value, str):
        return NOT_TEXT
    rule = RULES.get(name)
    return rule(value) if rule is not None else ""


class Controller:
    """The controller's settings, from its ConfigMap if that is among the files."""

    def __init__(self, config: KubernetesObject | None = None) -> None:
        self._config = config

    def word(self, name: str) -> Effective:
        """What applies where nothing else is stated; ``value`` as written."""
        value = self._config.get("data", name) if self._config is not None else None
        if self._config is None or value is None:
            return Effective(DEFAULTS.get(name), DEFAULT)
        path = ("data", name)
        wrong = refused(name, value)
        if wrong:
            return stated(self._config, path, DEFAULTS.get(name), DEFAULT, discarded=wrong)
        return stated(self._config, path, str(value), CONFIG_MAP)

    def setting(
        self, ingress: KubernetesObject, name: str, master: KubernetesObject | None = None
    ) -> Effective:
        """What applies to *ingress*; one that is refused has whatever it had before.

        *master*: the Ingress of its host, for one that is a minion.
        """
        key = PREFIX + name
        value = ingress.mapping("metadata", "annotations").get(key)
        if value is None and master is not None and name in INHERITED:
            return self.setting(master, name)
        general = self.word(name)
        if value is None:
            return general
        path = ("metadata", "annotations", key)
        wrong = refused(name, value)
        if wrong:
            return stated(ingress, path, None, "", instead=general, discarded=wrong, unknown=True)
        return stated(ingress, path, str(value), ANNOTATION)


def role(ingress: KubernetesObject) -> str:
    """``master`` or ``minion`` of one host's mergeable Ingresses; empty for any other."""
    value = ingress.mapping("metadata", "annotations").get(PREFIX + "mergeable-ingress-type")
    return value if value in ("master", "minion") else ""


def settings(
    ingress: KubernetesObject, controller: Controller, master: KubernetesObject | None = None
) -> dict[str, Effective]:
    """Effective settings of every path of *ingress*; *master*: as of :meth:`Controller.setting`."""

    def of(name: str) -> Effective:
        return controller.setting(ingress, name, master)

    found = general_settings(of, controller)
    rate = of("limit-req-rate")
    if rate.origin == ANNOTATION:
        number, _, unit = str(rate.value).strip().partition("r/")
        if number.isdigit() and unit in ("s", "m"):
            value = int(number) / (60 if unit == "m" else 1)
            found["limit-requests"] = replace(rate, value=value)
        found["limit-status"] = read_as(of("limit-req-reject-code"), _number)
    return found


def general_settings(
    of: Callable[[str], Effective], controller: Controller
) -> dict[str, Effective]:
    """Effective settings but for limits, with *of* for what a route states or else applies."""
    found = {
        "buffering": unless_told(read_as(of("proxy-buffering"), go_bool)),
        "request-buffering": Effective(True, DEFAULT),
        "read-timeout": read_as(of("proxy-read-timeout"), nginx_seconds),
        "send-timeout": read_as(of("proxy-send-timeout"), nginx_seconds),
        "http-version": Effective("1.1", DEFAULT),
        "body-limit": read_as(of("client-max-body-size"), lambda text: size(text) or None),
        "retries": read_as(of("proxy-next-upstream"), _again),
        "client-keepalive-timeout": read_as(controller.word("keepalive-timeout"), _first_time),
        "worker-shutdown-timeout": read_as(
            controller.word("worker-shutdown-timeout"), nginx_seconds
        ),
    }
    kept = of("keepalive")
    if kept.value not in (None, "0"):
        found["keep-alive"] = read_as(kept, lambda _: True)
        found["upstream-keepalive-timeout"] = Effective(60.0, DEFAULT)
    return found


def _again(text: str) -> bool:
    words = text.split()
    return "non_idempotent" in words and "off" not in words


def _first_time(text: str) -> float | None:
    words = text.split()
    return nginx_seconds(words[0]) if words else None


def _number(text: str) -> float | None:
    return float(text) if text.isdigit() else None
