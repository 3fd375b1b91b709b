"""What a schema cannot say: names that have to exist, be unique, or belong together.

Works on the data as written, so that every fault has its place, and passes over what the
schema already refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from golive.config.places import Fault, dotted
from golive.config.suggestion import hint_for
from golive.sources.yaml import KeyPath
from golive.vocabulary import STANDARD_GATES

# As CheckSpec takes it.
_CHECK_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
# Chat services whose webhook addresses are credentials in themselves.
_WEBHOOKS = (
    ("hooks.slack.com", "/"),
    ("discord.com", "/api/webhooks"),
    ("webhook.office.com", "/"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """Names from outside the file. ``None``: not known here, so not checked."""

    gates: Collection[str] | None = None
    checks: Collection[str] | None = None
    slos: Collection[str] = ()


Entry = tuple[KeyPath, object]


def check_references(data: Mapping[str, object], known: Known) -> Iterator[Fault]:
    """Every reference in *data* that leads nowhere, and every name that is used twice."""
    top: Entry = ((), data)
    services = list(_each(top, "target", "services", "*", "name"))
    slos = list(_each(top, "slos", "*", "id"))
    yield from _unique(services, "service")
    yield from _unique(slos, "SLO")
    yield from _unique(_each(top, "waivers", "*", "check"), "waiver for check")
    yield from _unique(_each(top, "profile", "gates", "*"), "gate")
    for part in ("project_api", "generate_api"):
        yield from _among(_each(top, "target", part, "service"), "service", _texts(services))
    slo_ids = [*_texts(slos), *known.slos]
    yield from _among(_each(top, "canary", "*", "rollback_on", "*"), "SLO", slo_ids)
    if known.gates is not None:
        gates = list(dict.fromkeys((*STANDARD_GATES, *known.gates)))
        yield from _among(_each(top, "profile", "gates", "*"), "gate", gates)
    yield from _check_ids(top, known.checks)
    yield from chain.from_iterable(_indicator(entry) for entry in _each(top, "slos", "*"))
    yield from chain.from_iterable(_webhook(e) for e in _each(top, "channels", "*", "address"))
    yield from chain.from_iterable(_attested(entry) for entry in _claims(top, "attested"))


def _each(entry: Entry, *steps: str) -> Iterator[Entry]:
    """Everything below *entry* that *steps* lead to; ``*`` is every entry of a list."""
    path, value = entry
    if not steps:
        yield entry
    elif steps[0] == "*":
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _each(((*path, index), item), *steps[1:])
    elif isinstance(value, Mapping) and value.get(steps[0]) is not None:
        yield from _each(((*path, steps[0]), value[steps[0]]), *steps[1:])


def _claims(top: Entry, *steps: str) -> Iterator[Entry]:
    for place in (
        ("issues",),
        ("infrastructure",),
        ("checklist", "items"),
        ("checklist", "pre_deploy"),
    ):
        yield from _each(top, *place, "*", *steps)


def _texts(entries: Collection[Entry]) -> list[str]:
    return [value for _, value in entries if isinstance(value, str)]


def _unique(entries: Iterator[Entry] | list[Entry], noun: str) -> Iterator[Fault]:
    seen: dict[str, KeyPath] = {}
    for path, value in entries:
        if not isinstance(value, str):
            continue
        if value in seen:
            message = f"{dotted(path)}: {noun} {value!r:.60} is already at {dotted(seen[value])}"
            yield Fault(path, message, "keep one of the two")
        seen.setdefault(value, path)


def _among(entries: Iterator[Entry], noun: str, known: Collection[str]) -> Iterator[Fault]:
    for path, value in entries:
        if isinstance(value, str) and value not in known:
            message = f"{dotted(path)}: there is no {noun} {value!r:.60}"
            yield Fault(path, message, hint_for(value, known))


def _check_ids(top: Entry, known: Collection[str] | None) -> Iterator[Fault]:
    named = sorted(known or ())
    entries = chain(_each(top, "waivers", "*", "check"), _claims(top, "checks", "*"))
    for path, value in entries:
        if not isinstance(value, str):
            continue
        if not _CHECK_ID.fullmatch(value):
            message = f"{dotted(path)}: {value!r:.60} is no check id"
            hint = hint_for(value, named) if named else "write <gate>.<check>: slo.readiness"
            yield Fault(path, message, hint)
        elif known is not None and value not in known and not _absent_gate(value, known):
            message = f"{dotted(path)}: there is no check {value!r:.60}"
            yield Fault(path, message, hint_for(value, named))


def _absent_gate(check: str, known: Collection[str]) -> bool:
    """Whether the check's gate is a standard one that is not installed here."""
    gate = check.partition(".")[0]
    return gate in STANDARD_GATES and not any(other.startswith(f"{gate}.") for other in known)


_INDICATOR_KEYS = {
    "ratio": ("good", "bad", "total", "counter"),
    "raw": ("query", "raw_type"),
    "value": ("query", "op"),
}


def _indicator(entry: Entry) -> Iterator[Fault]:
    path, slo = entry
    if not isinstance(slo, Mapping):
        return
    if slo.get("budgeting") == "Timeslices" and slo.get("slice_window") is None:
        message = f"{dotted(path)}: Timeslices need a slice_window"
        yield Fault(path, message, "slice_window: 5m")
    found = slo.get("indicator")
    kind = found.get("kind") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(kind, str) or kind not in _INDICATOR_KEYS:
        return
    place: KeyPath = (*path, "indicator")
    for key in found:
        if key != "kind" and found[key] is not None and key not in _INDICATOR_KEYS[kind]:
            hint = f"it takes {', '.join(_INDICATOR_KEYS[kind])}"
            message = f"{dotted(place)}: {key} has no meaning for kind {kind}"
            yield Fault((*place, key), message, hint, key=True)
    if kind != "ratio" and found.get("query") is None:
        yield Fault(place, f"{dotted(place)}: kind {kind} needs a query")
    one_side = (found.get("good") is None) != (found.get("bad") is None)
    if kind == "ratio" and not (one_side and found.get("total") is not None):
        yield Fault(place, f"{dotted(place)}: kind ratio needs total and one of good and bad")


def _webhook(entry: Entry) -> Iterator[Fault]:
    path, value = entry
    if not isinstance(value, str) or "://" not in value:
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        return
    host = parts.hostname or ""
    secret = any(
        (host == name or host.endswith(f".{name}")) and parts.path.startswith(prefix)
        for name, prefix in _WEBHOOKS
    )
    if secret or parts.username is not None:
        message = f"{dotted(path)}: this address is a credential and would be printed"
        yield Fault(path, message, "name the channel instead, such as #alerts")


def _attested(entry: Entry) -> Iterator[Fault]:
    path, value = entry
    if not isinstance(value, Mapping):
        return
    on, until = value.get("on"), value.get("until")
    if isinstance(on, str) and isinstance(until, str) and until < on:
        yield Fault((*path, "until"), f"{dotted(path)}: until {until:.10} lies before on {on:.10}")
