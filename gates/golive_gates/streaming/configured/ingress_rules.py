"""What ingress-nginx takes as a value, annotation by annotation, and its own defaults. Pure.

From the controller's documentation of annotations and of its ConfigMap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from golive_gates.streaming.configured.units import go_bool, integer, nginx_seconds, size

LONGEST = 2_147_483
"""Seconds that nginx takes as a time-out: its milliseconds have to fit 32 bits."""

NOT_TEXT, NOT_INTEGER, OUT_OF_RANGE = "not-text", "not-integer", "out-of-range"
NOT_ON_OFF, NOT_BOOL, NOT_AN_OPTION = "not-on-off", "not-bool", "not-an-option"
NOT_A_SIZE, SNIPPET, MISSPELT, NOT_A_TIME = (
    "not-a-size",
    "snippets-disabled",
    "misspelt",
    "not-a-time",
)

_NEXT = frozenset(
    {
        *("error", "timeout", "invalid_header", "non_idempotent", "off"),
        *(f"http_{code}" for code in (403, 404, 429, 500, 502, 503, 504)),
    }
)


def _integer(text: str) -> str:
    number = integer(text)
    if number is None:
        return NOT_INTEGER
    return "" if 0 <= number <= LONGEST else OUT_OF_RANGE


def _on_off(text: str) -> str:
    return "" if text.strip() in ("on", "off") else NOT_ON_OFF


def _bool(text: str) -> str:
    return "" if go_bool(text) is not None else NOT_BOOL


def _version(text: str) -> str:
    return "" if text.strip() in ("1.0", "1.1") else NOT_AN_OPTION


def _size(text: str) -> str:
    return "" if size(text.replace(" ", "")) is not None else NOT_A_SIZE


def _next(text: str) -> str:
    words = text.split()
    return "" if words and set(words) <= _NEXT else NOT_AN_OPTION


def _time(text: str) -> str:
    return "" if nginx_seconds(text) is not None else NOT_A_TIME


RULES: Mapping[str, Callable[[str], str]] = {
    "proxy-connect-timeout": _integer,
    "proxy-send-timeout": _integer,
    "proxy-read-timeout": _integer,
    "proxy-next-upstream-timeout": _integer,
    "proxy-next-upstream-tries": _integer,
    "proxy-buffers-number": _integer,
    "limit-connections": _integer,
    "limit-rps": _integer,
    "limit-rpm": _integer,
    "limit-rate": _integer,
    "limit-rate-after": _integer,
    "limit-burst-multiplier": _integer,
    "canary-weight": _integer,
    "canary-weight-total": _integer,
    "proxy-buffering": _on_off,
    "proxy-request-buffering": _on_off,
    "proxy-http-version": _version,
    "proxy-next-upstream": _next,
    "proxy-body-size": _size,
    "proxy-buffer-size": _size,
    "proxy-busy-buffers-size": _size,
    "proxy-max-temp-file-size": _size,
    "client-body-buffer-size": _size,
    "canary": _bool,
    "ssl-redirect": _bool,
    "force-ssl-redirect": _bool,
    "use-regex": _bool,
    "service-upstream": _bool,
    "enable-cors": _bool,
}
"""Annotations that are read as something else than text: a code of what is wrong, or nothing."""

CONFIG_RULES: Mapping[str, Callable[[str], str]] = {
    **{k: r for k, r in RULES.items() if k.startswith("proxy-")},
    "keep-alive": _integer,
    "keep-alive-requests": _integer,
    "upstream-keepalive-connections": _integer,
    "upstream-keepalive-timeout": _integer,
    "upstream-keepalive-requests": _integer,
    "limit-req-status-code": _integer,
    "limit-conn-status-code": _integer,
    "max-worker-connections": _integer,
    "use-gzip": _bool,
    "enable-brotli": _bool,
    "retry-non-idempotent": _bool,
    "allow-snippet-annotations": _bool,
    "worker-shutdown-timeout": _time,
}

DEFAULTS: Mapping[str, str] = {
    "proxy-read-timeout": "60",
    "proxy-send-timeout": "60",
    "proxy-connect-timeout": "5",
    "proxy-buffering": "off",
    "proxy-request-buffering": "on",
    "proxy-http-version": "1.1",
    "proxy-next-upstream": "error timeout",
    "proxy-next-upstream-tries": "3",
    "proxy-body-size": "1m",
    "keep-alive": "75",
    "upstream-keepalive-timeout": "60",
    "worker-shutdown-timeout": "240s",
    "limit-req-status-code": "503",
    "limit-conn-status-code": "503",
    "use-gzip": "false",
    "enable-brotli": "false",
    "retry-non-idempotent": "false",
    "allow-snippet-annotations": "false",
    "gzip-types": "",
    "brotli-types": "",
}
"""Values of the controller; its types of compression hold no event streams."""


def discarded(name: str, value: object) -> str:
    """Why the controller ignores annotation *name* (without prefix); empty when it does not."""
    if not isinstance(value, str):
        return NOT_TEXT
    rule = RULES.get(name)
    if rule is None or not value:
        # Unknown names are ignored too, but a newer controller may know them.
        return MISSPELT if meant(name) else ""
    return rule(value)


def meant(name: str) -> str:
    """The annotation that *name* nearly is; empty when it is one, or like none."""
    if name in RULES or len(name) < 6:
        return ""
    near = get_close_matches(name, RULES, 1, 0.92)
    return near[0] if near and near[0].partition("-")[0] == name.partition("-")[0] else ""


def config_fault(name: str, value: str) -> str:
    """Why the controller drops *value* of its ConfigMap's *name*; empty when it does not."""
    rule = CONFIG_RULES.get(name)
    return rule(value) if rule is not None else ""
