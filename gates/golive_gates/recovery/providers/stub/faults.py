"""Faults that the stub shows on demand, and how they are written in a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from golive_gates.recovery.providers.wire.dialect import PROVIDERS, ProviderName

Kind = Literal[
    "status",  # an HTTP error: `status`, `retry_after`
    "stream-error",  # an error event after `after_events` pieces, under HTTP 200
    "stall",  # silence after `after_events` pieces, with the connection open
    "slow-first-token",  # `delay` seconds more before the first piece
    "cut",  # the connection closes after `after_events` pieces, in the middle of the body
    "truncate",  # the body ends after `after_events` pieces, without its closing events
    "early-stop",  # a proper end after `after_events` pieces: a shorter answer
    "malformed",  # an event that is not JSON after `after_events` pieces
    "split-utf8",  # no fault, a hardship: characters are split across packets
    "refuse",  # connections are refused: nobody listens
    "reset",  # the connection is reset (RST): before the answer, or after `after_events` pieces
]
KINDS: tuple[Kind, ...] = get_args(Kind)

MAX_SECONDS = 3600.0
MAX_EVENTS = 100_000


class BadScenario(ValueError):
    """A scenario that the stub does not understand; the message says which part of it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``retry_after``: seconds for the header; ``delay``: seconds.

    ``after_events``: pieces of content that come first.
    """

    kind: Kind
    status: int = 500
    retry_after: float | None = None
    after_events: int = 0
    delay: float = 30.0

    @property
    def label(self) -> str:
        """The fault in a word, as the journal names it."""
        if self.kind == "status":
            return f"status-{self.status}"
        return f"{self.kind}@{self.after_events}" if self.after_events else self.kind


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault of a provider, for ``count`` requests or ``None`` for until it is rolled back.

    ``lease``: seconds after which it ends by itself, so that a drill that died leaves no fault.
    """

    provider: ProviderName
    fault: Fault
    count: int | None = None
    lease: float | None = None


_FIELDS = frozenset(
    {
        "provider",
        "fault",
        "status",
        "retry_after",
        "after_events",
        "delay",
        "count",
        "always",
        "lease",
    }
)


def read_scenario(value: object) -> Scenario:
    """A scenario as JSON. Raises ``BadScenario``."""
    if not isinstance(value, Mapping):
        raise BadScenario("a scenario is an object")
    unknown = sorted(str(key) for key in set(value) - _FIELDS)
    if unknown:
        msg = f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(_FIELDS))}"
        raise BadScenario(msg)
    provider = next((p for p in PROVIDERS if p == value.get("provider")), None)
    if provider is None:
        msg = f"provider is one of {', '.join(PROVIDERS)}"
        raise BadScenario(msg)
    count = _whole(value, "count", 1)
    if value.get("always") not in (None, True, False) or (value.get("always") and count):
        raise BadScenario("always is true or false, and excludes count")
    if value.get("always") is False and count is None:
        raise BadScenario("always: false needs a count")
    fault = read_fault(value)
    if fault.kind == "refuse" and count is not None:
        raise BadScenario("refused connections cannot be counted: refuse holds until rolled back")
    return Scenario(provider, fault, count, _number(value, "lease"))


def read_fault(value: Mapping[object, object]) -> Fault:
    """The fault of a scenario. Raises ``BadScenario``."""
    kind = next((k for k in KINDS if k == value.get("fault")), None)
    if kind is None:
        msg = f"fault is one of {', '.join(KINDS)}"
        raise BadScenario(msg)
    status = _whole(value, "status", 400)
    if (status is not None) != (kind == "status") or (status or 400) > 599:
        raise BadScenario("status (400 to 599) belongs to the fault status, and to no other")
    retry_after = _number(value, "retry_after")
    if retry_after is not None and kind != "status":
        raise BadScenario("retry_after belongs to the fault status")
    after = _whole(value, "after_events", 0)
    if after and kind in ("status", "slow-first-token", "split-utf8", "refuse"):
        msg = f"after_events means nothing to the fault {kind}"
        raise BadScenario(msg)
    delay = _number(value, "delay")
    if delay is not None and kind != "slow-first-token":
        raise BadScenario("delay belongs to the fault slow-first-token")
    return Fault(
        kind,
        status if status is not None else Fault("status").status,
        retry_after,
        after or 0,
        delay if delay is not None else Fault("status").delay,
    )


def write_scenario(scenario: Scenario) -> dict[str, object]:
    """A scenario as JSON, the inverse of ``read_scenario``."""
    fault = scenario.fault
    told: dict[str, object] = {"provider": scenario.provider, "fault": fault.kind}
    if fault.kind == "status":
        told["status"] = fault.status
        if fault.retry_after is not None:
            told["retry_after"] = fault.retry_after
    if fault.kind == "slow-first-token":
        told["delay"] = fault.delay
    if fault.after_events:
        told["after_events"] = fault.after_events
    told |= {"count": scenario.count} if scenario.count is not None else {"always": True}
    return told | ({"lease": scenario.lease} if scenario.lease is not None else {})


def _whole(value: Mapping[object, object], name: str, least: int) -> int | None:
    found = value.get(name)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= MAX_EVENTS:
        msg = f"{name} is a whole number from {least}"
        raise BadScenario(msg)
    return found


def _number(value: Mapping[object, object], name: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    plain = isinstance(found, int | float) and not isinstance(found, bool)
    if not plain or not 0 <= float(str(found)) <= MAX_SECONDS:
        msg = f"{name} is a number of seconds, at most {MAX_SECONDS:g}"
        raise BadScenario(msg)
    return float(str(found))
