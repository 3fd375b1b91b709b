"""How fast a token bucket fills: what a timed pause gives back."""

from __future__ import annotations

import math

from golive_gates.load import limit_reading as reading
from golive_gates.load.limit_parts import Refill
from golive_gates.load.observers import limit_client
from golive_gates.load.observers.limit_client import LimitClient

EMPTY_TRIES = 4
"""Requests until one is refused, after which the bucket holds less than one token."""


def most_of_refill(requests: int) -> int:
    """Requests that measuring a refill may take."""
    return EMPTY_TRIES + 3 * math.ceil(reading.refill_tokens(requests)) + 3


async def measure_refill(client: LimitClient, requests: int, window: float) -> Refill:
    """From one refusal over a pause to the next one, counting what was served in between."""
    tokens = reading.refill_tokens(requests)
    client.step = "refill"
    for _ in range(EMPTY_TRIES):
        asked = client.seconds()
        answer = await client.ask()
        if client.refused(answer):
            break
    else:
        return Refill(0, 0.0, 0.0, clear=False)
    emptied = answer.at
    await limit_client.pause(tokens * window / requests)
    admitted = 0
    for _ in range(most_of_refill(requests) - EMPTY_TRIES):
        again = client.seconds()
        answer = await client.ask()
        if not answer.admitted:
            clear = client.refused(answer)
            return Refill(admitted, again - emptied, answer.at - asked, clear=clear)
        admitted += 1
    return Refill(admitted, client.seconds() - emptied, client.seconds() - asked, full=True)
