"""Which of the exposed metrics plays which part: requests, durations, streams, ...

Found by the names and labels that are usual (Prometheus' naming practice, OpenTelemetry's HTTP
semantic conventions, and the defaults of widely used exporters), unless settings name them. Two
that fit equally well are an ambiguity and said to be one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive_gates.observability.metrics.inventory import Family, Inventory
from golive_gates.observability.settings import ROLES, RoleSetting

STATUS = (
    "code",
    "status",
    "status_code",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "response_code",
    "statuscode",
)
"""Labels that hold the status of an HTTP answer, ``404`` or ``4xx``."""
OUTCOME = ("outcome", "result", "status", "state", "status_code", "code", "reason", "success")
PROVIDER = ("provider", "llm_provider", "model_provider", "vendor", "upstream", "backend")
_STATUS_VALUE = re.compile(r"[1-5](?:\d\d|[xX]{2})")
_FAILING = re.compile(
    r"abort|cancel|connection|denied|disconnect|drop|empty|error|exceed|exception|exhaust|fail|"
    r"invalid|killed|limited|lost|refus|reject|throttl|time.?d?.?out|truncat|unauthori|"
    r"unavailable|^4\d\d$|^4xx$|^5\d\d$|^5xx$|^false$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Role:
    """A role and the metric that plays it.

    ``metric``: name of the family. ``labels``: the role's labels (``status``, ``outcome``,
    ``provider``) by the metric's own. ``only``: matchers that narrow the metric to the role.
    ``how``: ``setting``, ``name``, ``rules`` (of several, the one that rules select) or
    ``status-code`` (requests by their status, in want of a metric of its own). ``unit_s``:
    seconds of one unit of a histogram's values.
    """

    id: str
    metric: str
    how: Literal["setting", "name", "rules", "status-code"]
    labels: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    unit_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A role that no metric plays for certain.

    ``why``: ``missing``, ``ambiguous`` (between ``candidates``), ``not-exposed`` (the metric that
    settings name), ``wrong-kind`` or ``no-label`` (it lacks the label ``detail``).
    """

    id: str
    why: Literal["missing", "ambiguous", "not-exposed", "wrong-kind", "no-label"]
    candidates: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """How the metric of a role looks: names from the most to the least certain."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: str = r"$^"


_COUNTS = ("counter", "untyped")
_REQUESTS = (
    r"https?_(?:server_)?requests?(?:_total)?|starlette_requests_total|flask_http_request_total|"
    r"nginx_ingress_controller_requests|django_http_responses_total_by_status_total"
)
_DURATIONS = (
    r"(?:https?(?:_server)?|starlette|flask_http|nginx_ingress_controller)_request_duration_"
    r"(?:milli)?seconds|http_server_duration(?:_milliseconds)?|http_server_requests_seconds"
)
_FORMS: Mapping[str, _Form] = {
    "requests": _Form(
        _COUNTS,
        (
            _REQUESTS,
            r".*http.*(?:request|response)s?(?:_count)?(?:_total)?",
            r".*(?:requests|responses)(?:_total)?",
        ),
        {"status": STATUS},
        r"provider|upstream|client|outgoing|promhttp|openai|anthropic|llm|prometheus_",
    ),
    "durations": _Form(
        ("histogram",),
        (
            _DURATIONS,
            r".*(?:http|request|response).*(?:duration|latency|time).*",
        ),
        {},
        r"first|provider|upstream|client|outgoing|openai|anthropic|llm|header|connect|size",
    ),
    "first-content": _Form(
        ("histogram",),
        (r".*(?:first_?(?:content|token|event|chunk)|ttft).*", r".*first_?(?:byte|response).*"),
    ),
    "auth-failures": _Form(
        _COUNTS,
        (
            r".*auth\w*_(?:fail|error|den|refus|reject).*",
            r".*(?:unauthori[sz]ed|login_fail|fail\w*_auth|fail\w*_login).*",
        ),
    ),
    "rate-limited": _Form(
        _COUNTS,
        (
            r".*rate_?limit(?:ed|_(?:exceeded|rejected|hits|violations)).*",
            r".*(?:throttled|too_many_requests|rate_?limit).*",
        ),
        {},
        r"provider|openai|anthropic|remaining",
    ),
    "provider-requests": _Form(
        _COUNTS,
        (r".*(?:provider|llm|ai|model|completion).*", r".*(?:requests|calls).*"),
        {"provider": PROVIDER, "outcome": OUTCOME},
        r"fallback|token|cost",
    ),
    "streams": _Form(
        _COUNTS,
        (r"(?:.*_)?(?:sse|stream)s?(?:_\w*)?_total|.*streams(?:_total)?", r".*stream.*"),
        {"outcome": OUTCOME},
        r"upstream|bytes|token",
    ),
}
_BY_STATUS: Mapping[str, str] = {"auth-failures": "401", "rate-limited": "429"}


def roles_of(
    inventory: Inventory,
    settings: Mapping[str, RoleSetting],
    used: Collection[str] = frozenset(),
) -> dict[str, Role | Unfilled]:
    """Every role with its metric, or why it has none.

    ``used``: names that rules select; of several metrics that fit a role, the only one among
    them plays it.
    """
    found: dict[str, Role | Unfilled] = {}
    for role in ROLES:
        setting = settings.get(role)
        if setting is None:
            found[role] = _found(role, inventory, used)
        else:
            found[role] = _set(role, inventory, setting)
    requests = found["requests"]
    for role, status in _BY_STATUS.items():
        answer = found[role]
        if isinstance(answer, Unfilled) and answer.why == "missing" and isinstance(requests, Role):
            only = {requests.labels["status"]: status}
            found[role] = Role(role, requests.metric, "status-code", requests.labels, only)
    return found


def failing(value: str) -> bool:
    """Whether a label's *value* is the word for something that went wrong."""
    return _FAILING.search(value) is not None


def is_status(values: Iterable[str]) -> bool:
    """Whether *values* are HTTP statuses or their classes, all of them and at least one."""
    listed = list(values)
    return bool(listed) and all(_STATUS_VALUE.fullmatch(v) for v in listed)


def _found(role: str, inventory: Inventory, used: Collection[str]) -> Role | Unfilled:
    form = _FORMS[role]
    for names in form.names:
        fitting: list[tuple[Family, dict[str, str]]] = []
        for family in inventory.families.values():
            named = re.fullmatch(names, family.name, re.IGNORECASE)
            if family.kind not in form.kinds or not family.series or not named:
                continue
            if re.search(form.unless, family.name, re.IGNORECASE):
                continue
            labels = _labels(form, family)
            if labels is not None:
                fitting.append((family, labels))
        if not fitting:
            continue
        how: Literal["name", "rules"] = "name"
        if len(fitting) > 1:
            selected = [f for f in fitting if any(s.name in used for s in f[0].series)]
            if len(selected) != 1:
                return Unfilled(role, "ambiguous", tuple(sorted(f.name for f, _ in fitting)))
            fitting, how = selected, "rules"
        family, labels = fitting[0]
        return Role(role, family.name, how, labels, unit_s=_unit(family.name))
    return Unfilled(role, "missing")


def _set(role: str, inventory: Inventory, setting: RoleSetting) -> Role | Unfilled:
    form = _FORMS[role]
    family = inventory.families.get(setting.metric) or inventory.family_of(setting.metric)
    if family is None:
        return Unfilled(role, "not-exposed", (setting.metric,))
    if family.kind not in form.kinds:
        return Unfilled(role, "wrong-kind", (family.name,), family.kind)
    labels = dict(setting.labels)
    for own, usual in form.labels.items():
        options = (labels[own],) if own in labels else usual
        label = next((x for x in options if x in family.labels), None)
        if label is None:
            return Unfilled(role, "no-label", (family.name,), options[0])
        labels[own] = label
    return Role(role, family.name, "setting", labels, unit_s=_unit(family.name))


def _labels(form: _Form, family: Family) -> dict[str, str] | None:
    """The role's labels as *family* calls them; ``None`` unless it has them all."""
    found: dict[str, str] = {}
    for own, options in form.labels.items():
        fitting = [x for x in options if x in family.labels and x not in found.values()]
        if own == "status":
            fitting = [x for x in fitting if is_status(family.values(x))]
        if not fitting:
            return None
        found[own] = fitting[0]
    return found


def _unit(name: str) -> float:
    return 0.001 if re.search(r"_(?:milliseconds|millis|ms)(?:_|$)", name) else 1.0
