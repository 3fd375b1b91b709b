"""What strings in Kubernetes objects have to look like, beyond being strings.

Each format is a predicate over one string. The rules are those of the API server's validation
(``apimachinery/pkg/util/validation`` and the types' own), which the published schemas lack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from golive.sources.credentials import MARK, NOT_BASE64

Format = Callable[[str], bool]

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
# Parts of a subdomain may be longer than a label in the API server's reading of RFC 1123.
_LONG = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_NAME = re.compile(rf"{_LONG}(\.{_LONG})*")
_WILDCARD_NAME = re.compile(rf"\*(\.{_LONG})+")
_DNS_LABEL = re.compile(_LABEL)
_DNS_1035 = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_QUALIFIED_NAME = re.compile(_QUALIFIED)
_PORT_NAME = re.compile(r"(?!.*--)(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_ENV_NAME = re.compile(r"[ -<>-~]+")
_QUANTITY = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
)
_GO_DURATION = re.compile(r"[+-]?(0|(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+")
_PROMETHEUS_DURATION = re.compile(
    r"0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?"
)
_GATEWAY_DURATION = re.compile(r"([0-9]{1,5}(h|m|s|ms)){1,4}")
_CRON_FIELD = re.compile(r"(\*|\?|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?")
_CRON_WORDS = ("yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly")
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_CRON_NAMES: Mapping[int, tuple[str, ...]] = {3: _MONTHS, 4: _DAYS}


def _subdomain(text: str) -> bool:
    return len(text) <= 253 and _DNS_NAME.fullmatch(text) is not None


def _host(text: str) -> bool:
    named = _DNS_NAME.fullmatch(text) or _WILDCARD_NAME.fullmatch(text)
    return len(text) <= 253 and named is not None


def _key(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    return (not slash or _subdomain(prefix)) and _QUALIFIED_NAME.fullmatch(name) is not None


def _path_segment(text: str) -> bool:
    return text not in (".", "..") and "/" not in text and "%" not in text


def _cidr(text: str) -> bool:
    from ipaddress import ip_network  # Few objects need it.

    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _ip(text: str) -> bool:
    from ipaddress import ip_address  # Few objects need it.

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _base64(text: str) -> bool:
    if text.startswith(MARK):
        return text != NOT_BASE64
    plain = text.replace("\n", "").replace("\r", "")
    return _BASE64.fullmatch(text) is not None and len(plain) % 4 == 0


def _cron(text: str) -> bool:
    """Five fields or a word, as ``robfig/cron`` parses them for CronJobs."""
    if text.startswith("@"):
        return text[1:] in _CRON_WORDS or (
            text.startswith("@every ") and _GO_DURATION.fullmatch(text[7:]) is not None
        )
    if text.startswith(("TZ=", "CRON_TZ=")):
        text = text.partition(" ")[2]
    fields = text.split()
    return len(fields) == 5 and all(
        all(_cron_part(part, place) for part in field.split(","))
        for place, field in enumerate(fields)
    )


def _cron_part(part: str, place: int) -> bool:
    if not _CRON_FIELD.fullmatch(part):
        return False
    span, _, step = part.partition("/")
    if step and int(step) == 0:
        return False
    if span in ("*", "?"):
        return True
    first, last = _CRON_RANGES[place]
    names = _CRON_NAMES.get(place, ())
    ends = [end.lower() for end in span.split("-")]
    if not all(end in names or end.isdigit() for end in ends):
        return False
    numbers = [names.index(end) + first if end in names else int(end) for end in ends]
    return all(first <= n <= last for n in numbers) and numbers == sorted(numbers)


def _whole(pattern: re.Pattern[str], *, longest: int = 1000) -> Format:
    return lambda text: len(text) <= longest and pattern.fullmatch(text) is not None


FORMATS: Mapping[str, Format] = {
    "dns-subdomain": _subdomain,
    "dns-label": _whole(_DNS_LABEL),
    "dns-1035-label": _whole(_DNS_1035),
    "path-segment": _path_segment,
    # Their controllers derive names and label values from them.
    "cron-job-name": lambda text: len(text) <= 52 and _subdomain(text),
    "job-name": lambda text: len(text) <= 63 and _subdomain(text),
    "label-key": _key,
    "label-value": lambda text: not text or _QUALIFIED_NAME.fullmatch(text) is not None,
    # Their case is not looked at.
    "annotation-key": lambda text: _key(text.lower()),
    "port-name": _whole(_PORT_NAME),
    "config-key": lambda text: text not in (".", "..") and _CONFIG_KEY.fullmatch(text) is not None,
    "env-name": _whole(_ENV_NAME, longest=10_000),
    "host": _host,
    "quantity": lambda text: _whole(_QUANTITY)(text.strip()),
    "byte": _base64,
    "date-time": _whole(_TIME),
    "cidr": _cidr,
    "ip": _ip,
    "cron": _cron,
    "go-duration": _whole(_GO_DURATION),
    "prometheus-duration": lambda text: bool(text) and _whole(_PROMETHEUS_DURATION)(text),
    "gateway-duration": _whole(_GATEWAY_DURATION),
    "mount-path": lambda text: ":" not in text,
    "trimmed": lambda text: text == text.strip(),
}
"""Formats by the name that schemas and rules call them."""
