"""Ways around a used-up allowance, each tried between two plain refusals."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.load.limit_parts import WINS, Answer, Attempt
from golive_gates.load.observers.limit_client import LimitClient
from golive_gates.load.observers.limit_variants import Variant, variants_of

TRIES = 6
UNCLEAR = 2
"""Answers that are neither served nor refused, after which a variant is given up."""


async def try_around(client: LimitClient) -> tuple[Attempt, ...]:
    """Every variant of the plain request, which has been refused before."""
    tried: list[Attempt] = []
    still = await _control(client)
    for variant in variants_of(client.url):
        attempt = Attempt(variant.name, variant.kind, 0, open=not client.refused(still))
        if not attempt.open:
            attempt, still = await _try(client, variant, attempt, still)
        tried.append(attempt)
    return tuple(tried)


async def _try(
    client: LimitClient, variant: Variant, attempt: Attempt, still: Answer
) -> tuple[Attempt, Answer]:
    """Until it got around often enough, was refused, or refused often enough after it was served.

    What is neither served nor refused says nothing and is tried again.
    """
    unclear = 0
    while attempt.wins < WINS and attempt.sent < TRIES and unclear < UNCLEAR:
        client.step = "variant"
        answer = await client.ask(variant)
        attempt = replace(attempt, sent=attempt.sent + 1, status=answer.status)
        if answer.admitted:
            still = await _control(client)
            if client.refused(still):
                attempt = replace(attempt, wins=attempt.wins + 1, losses=0)
            elif attempt.sent == TRIES:
                attempt = replace(attempt, open=True)
            continue
        if client.refused(answer):
            attempt = replace(attempt, losses=attempt.losses + 1)
        elif answer.status is None or answer.status >= 500:
            unclear += 1
            continue
        if not attempt.wins or attempt.losses == WINS:
            break
    return attempt, still


async def _control(client: LimitClient) -> Answer:
    client.step = "control"
    return await client.ask()
