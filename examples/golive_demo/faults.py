"""Faults that the provider stub can be told to show, one at a time for each provider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

Kind = Literal[
    "none",
    "status",  # answer with an HTTP error
    "slow-first-token",  # wait `delay_s` more before the first token
    "stall",  # fall silent after `after` tokens and keep the connection open
    "truncate",  # end the body after `after` tokens, without the closing events
    "cut",  # drop the connection after `after` tokens
    "early-stop",  # finish properly after `after` tokens: a wrong answer that looks complete
    "stream-error",  # an error event after `after` tokens, under HTTP 200
]
Provider = Literal["openai", "anthropic"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)
STATUSES = (400, 401, 403, 404, 429, 500, 503, 529)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `remaining` is for how many requests it holds, None for until cleared."""

    kind: Kind = "none"
    status: int = 500
    retry_after_s: int | None = None
    delay_s: float = 0.0
    after: int = 3
    remaining: int | None = None

    @classmethod
    def parse(cls, body: object) -> Fault:
        """Read the JSON body of the admin endpoint. Raises ValueError or TypeError."""
        if not isinstance(body, dict):
            raise TypeError("the body is not an object")
        unknown = set(body) - {"kind", "status", "retry_after_s", "delay_s", "after", "remaining"}
        if unknown:
            msg = f"unknown fields: {', '.join(sorted(map(str, unknown)))}"
            raise ValueError(msg)
        fault = cls(**body)
        if fault.kind not in get_args(Kind):
            msg = f"kind is not one of {', '.join(get_args(Kind))}"
            raise ValueError(msg)
        if fault.status not in STATUSES:
            msg = f"status is not one of {STATUSES}"
            raise ValueError(msg)
        for name in ("retry_after_s", "delay_s", "after", "remaining"):
            value = getattr(fault, name)
            if value is not None and (not isinstance(value, int | float) or value < 0):
                msg = f"{name} is not a number of at least 0"
                raise ValueError(msg)
        return fault


NO_FAULT = Fault()


class FaultBoard:
    """The fault in force for each provider, and how many requests each has received."""

    def __init__(self) -> None:
        self._faults: dict[Provider, Fault] = {}
        self.received: dict[Provider, int] = dict.fromkeys(PROVIDERS, 0)

    def put(self, provider: Provider, fault: Fault) -> None:
        """Set the fault of a provider."""
        self._faults[provider] = fault

    def clear(self) -> None:
        """Back to health, for all providers."""
        self._faults.clear()

    def take(self, provider: Provider) -> Fault:
        """Count one request and return the fault that it meets."""
        self.received[provider] += 1
        fault = self._faults.get(provider, NO_FAULT)
        if fault.remaining is not None:
            if fault.remaining < 1:
                return NO_FAULT
            self._faults[provider] = replace(fault, remaining=fault.remaining - 1)
        return fault
