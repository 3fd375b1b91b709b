"""Opt-in bursts: an allowance at once, and two of them around a reset."""

from __future__ import annotations

import math
from dataclasses import replace

from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_parts import Answer, Bursts
from golive_gates.load.observers import limit_client
from golive_gates.load.observers.limit_client import LimitClient

AT_ONCE = 32


def most_of_bursts(requests: int) -> int:
    """Requests that both bursts may send."""
    return _parallel_count(requests) + 2 * requests


async def run_bursts(client: LimitClient, requests: int, window: float) -> Bursts:
    """Rest a whole window, burst; rest again, then burst on both sides of the reset."""
    rest = window + reading.MARGIN
    await limit_client.pause(rest)
    client.step, client.interval = "burst-parallel", 0.0
    client.restart()
    answers = await client.ask_at_once(_parallel_count(requests), AT_ONCE)
    bursts = Bursts(
        len(answers), _served(answers), client.seconds(), errors=_errors(client, answers)
    )
    await limit_client.pause(rest)
    client.step = "burst-boundary"
    client.restart()
    first = await client.ask()  # where windows begin with a request, it begins here
    told = None if first.quota is None else first.quota.reset
    reset = window if told is None else told
    # Half of what the burst above took: its slower half may still be under way at the reset.
    early = max(0.2, bursts.parallel_seconds)
    await limit_client.pause(max(0.0, min(reset, window) - early - client.seconds()))
    began = client.seconds()
    before = await client.ask_at_once(requests - 1, AT_ONCE)
    await limit_client.pause(max(0.0, min(reset, window) + reading.MARGIN - client.seconds()))
    after = await client.ask_at_once(requests, AT_ONCE)
    both = [*before, *after]
    return replace(
        bursts,
        boundary_sent=len(both),
        boundary_admitted=_served(both),
        boundary_seconds=client.seconds() - began,
        reset_told=told is not None,
        errors=bursts.errors + _errors(client, both),
    )


def _parallel_count(requests: int) -> int:
    return math.ceil(1.25 * requests) + 20


def _served(answers: list[Answer]) -> int:
    return sum(a.admitted for a in answers)


def _errors(client: LimitClient, answers: list[Answer]) -> int:
    return sum(not a.admitted and not client.refused(a) for a in answers)
