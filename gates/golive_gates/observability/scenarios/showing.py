"""In which series a signal shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from golive_gates.observability.scenarios.actors import Actor
from golive_gates.observability.scenarios.signals import ERRORS, LATENCY
from golive_gates.observability.scenarios.worlds import What

_COUNTED: Mapping[str, tuple[What, ...]] = {
    ERRORS: (What.SERVER_ERROR,),
    "auth-failures": (What.UNAUTHORISED, What.REFUSED),
    "rate-limit": (What.LIMITED, What.REFUSED),
    "openai-errors": (What.CALL_FAILED,),
    "anthropic-errors": (What.CALL_FAILED,),
    "streams-aborted": (What.STREAM_FAILED,),
}


def shows(actor: Actor, signal: str) -> bool:
    """Whether *actor* counts what *signal* is about."""
    if signal == LATENCY:
        return actor.timing is not None and actor.timing.spread is None
    if actor.event is None or actor.event.what not in _COUNTED.get(signal, ()):
        return False
    provider = signal.removesuffix("-errors")
    return actor.event.what is not What.CALL_FAILED or provider in actor.event.provider
