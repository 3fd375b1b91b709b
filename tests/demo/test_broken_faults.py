"""Each kind of a provider's failure, as the official SDKs raise it, and the variants that take
just that one wrongly. The stub is the one of the drill; the writer runs in the test's own process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product

import pytest

from golive_demo.broken import VARIANTS
from golive_demo.broken_recovery import SILENCE, SOUND, Defect, midway
from golive_demo.providers import AnthropicProvider, OpenAIProvider, Provider, ProviderError
from golive_demo.script_writer import AllProvidersFailedError, ScriptWriter
from golive_gates.recovery.providers.drill.direction import fault_of
from golive_gates.recovery.providers.labels import FAULTS
from golive_gates.recovery.providers.stub.faults import Scenario
from golive_gates.recovery.providers.stub.script import DEFAULT_ANSWERS, Pace, Script, pieces
from golive_gates.recovery.providers.stub.serving import ProviderStub
from golive_gates.recovery.providers.wire.dialect import ProviderName

OPENAI_FIRST: tuple[ProviderName, ProviderName] = ("openai", "anthropic")
ORDERS = (OPENAI_FIRST, OPENAI_FIRST[::-1])
PROMPT = "항구의 등대지기"
SILENT = ("slow-first-token", "stall", "stall@3")
NO_FAULTS = ("split-utf8",)
"""Hardships under which the answer is whole all the same."""
LONG_S, SHORT_S = 20.0, 1.5

MISHANDLED = {name: v.recovery.mishandles for name, v in VARIANTS.items() if v.recovery.mishandles}


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller got. `end`: "done", "error", or "open" when it had to give up."""

    text: str
    end: str


@asynccontextmanager
async def standing(
    order: tuple[ProviderName, ...], label: str
) -> AsyncIterator[tuple[ProviderStub, tuple[Provider, ...]]]:
    """Both providers, well, at a pace for the fault *label*."""
    # What came before a fault has to be read before it: a reset throws away what was not.
    pace = Pace(0.0, 0.05) if "@" in label else Pace(0.0, 0.0)
    async with ProviderStub(Script(pace=pace)) as stub:
        both: dict[str, Provider] = {
            "openai": OpenAIProvider(f"{stub.addresses['openai']}/v1", "k"),
            "anthropic": AnthropicProvider(stub.addresses["anthropic"], "k"),
        }
        try:
            if label in SILENT and "@" not in label:
                # The first answer of an SDK takes longer than all others.
                assert [await sign_shown(p) for p in both.values()] == ["", ""]
            yield stub, tuple(both[name] for name in order)
        finally:
            for provider in both.values():
                await provider.close()


def sign_of(label: str) -> str:
    """The sign that the fault *label* of the drill has to have for the generator."""
    kind, _, after = label.partition("@")
    sign = SILENCE if label in SILENT else kind
    return midway(sign) if after else sign


async def sign_shown(provider: Provider) -> str:
    """How the failure of *provider* shows; "" when it does not fail."""
    started = False
    try:
        async for _ in provider.stream(PROMPT):
            started = True
    except ProviderError as error:
        return midway(error.sign) if started else error.sign
    return ""


async def written(order: tuple[ProviderName, ...], defect: Defect, label: str) -> Said:
    """Have a script written while the first provider shows the fault *label*."""
    async with standing(order, label) as (stub, providers):
        await stub.put(Scenario(order[0], fault_of(label, 0.0)))
        return await asked(providers, defect, label)


async def asked(providers: tuple[Provider, ...], defect: Defect, label: str) -> Said:
    """Ask for a script, with the patience that the fault *label* calls for."""
    patience = SHORT_S if label in SILENT else LONG_S
    # Only the wait that has to run out is short: a slow machine must not look like a silence.
    before, between = (LONG_S, patience) if "@" in label else (patience, LONG_S)
    writer = ScriptWriter(
        providers,
        lambda *_: None,
        lambda *_: None,
        first_piece_s=before,
        next_piece_s=between,
        defect=defect,
    )
    text, end = "", "done"
    try:
        # A variant that waits without an end is left after twice what a sound one waits, which
        # begins with each piece: on a slow machine, the first ones may take longer than that.
        endless = defect.mishandles == midway(SILENCE) and label == "stall@3"
        async with asyncio.timeout(3 * LONG_S) as given_up:
            async for piece in writer.write(PROMPT):
                text += piece
                if endless:
                    given_up.reschedule(asyncio.get_running_loop().time() + 2 * SHORT_S)
    except AllProvidersFailedError:
        end = "error"
    except TimeoutError:
        end = "open"
    return Said(text, end)


def sound_end(label: str, first: ProviderName) -> Said:
    """What a sound generator makes of the fault *label* of the provider *first*."""
    if "@" in label:
        after = int(label.partition("@")[2])
        return Said("".join(pieces(DEFAULT_ANSWERS[first])[:after]), "error")
    second = OPENAI_FIRST[first == "openai"]
    return Said(DEFAULT_ANSWERS[second], "done")


@pytest.mark.parametrize("order", ORDERS, ids=lambda o: o[0])
def test_sdks_tell_the_faults_apart(order: tuple[ProviderName, ProviderName]) -> None:
    """So that a defect in one sign is a defect in one fault."""

    async def signs() -> dict[str, str]:
        found = {}
        for label in FAULTS:
            if label in (*SILENT, *NO_FAULTS):
                continue
            async with standing(order, label) as (stub, providers):
                await stub.put(Scenario(order[0], fault_of(label, 0.0)))
                found[label] = await sign_shown(providers[0])
        return found

    told = asyncio.run(signs())
    assert told == {x: sign_of(x) for x in FAULTS if x not in (*SILENT, *NO_FAULTS)}
    assert len(set(told.values())) == len(told)


def test_every_fault_has_its_variant() -> None:
    """A truncation in the middle has had one all along, and split characters too."""
    others = {midway("truncate"): "truncation-is-an-end", "split-utf8": "decodes-packet-by-packet"}
    assert set(others.values()) <= VARIANTS.keys()
    assert sorted((*MISHANDLED.values(), *others)) == sorted({sign_of(x) for x in FAULTS})
    for name, sign in MISHANDLED.items():
        assert name.endswith(sign.removeprefix("status-").removesuffix("@"))


@pytest.mark.parametrize("name", MISHANDLED)
def test_a_variant_mishandles_its_fault_and_no_other(name: str) -> None:
    defect = VARIANTS[name].recovery
    own = [label for label in FAULTS if sign_of(label) == defect.mishandles]
    # The nearest others: the same place, and the same kind elsewhere, where there is one.
    kind = own[0].partition("@")[0]
    others = [x for x in FAULTS if x.partition("@")[0] == kind and x not in own]
    others.append("status-500" if "status-503" in own else "status-503")

    async def demand() -> None:
        for order, label in product(ORDERS, (*own, *others)):
            said = await written(order, defect, label)
            sound = sound_end(label, order[0])
            if label in own:
                end = "open" if label == "stall@3" else "done" if "@" in label else "error"
                assert said == Said(sound.text if "@" in label else "", end), (order, label)
            else:
                assert said == sound, (order, label)

    asyncio.run(demand())


@pytest.mark.parametrize("label", [x for x in FAULTS if x not in NO_FAULTS])
def test_a_sound_generator_survives_every_fault(label: str) -> None:
    async def demand() -> None:
        for order in ORDERS:
            assert await written(order, SOUND, label) == sound_end(label, order[0]), order

    asyncio.run(demand())
