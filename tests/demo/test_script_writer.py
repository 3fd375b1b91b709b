"""Fallback between providers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from golive_demo.broken_recovery import SOUND, Defect
from golive_demo.providers import ProviderError
from golive_demo.script_writer import AllProvidersFailedError, ScriptWriter


class Silent:
    """Never answers."""

    name = "openai"

    async def stream(self, prompt: str) -> AsyncIterator[str]:
        await asyncio.Event().wait()
        yield prompt


def run(*providers: Any, defect: Defect = SOUND, times: int = 1) -> tuple[Any, ...]:
    """Write with the providers; what came out, how it ended, and what was counted."""
    outcomes, fallbacks, text = [], [], []

    async def write() -> None:
        writer = ScriptWriter(
            providers,
            lambda *counted: outcomes.append(counted),
            lambda *counted: fallbacks.append(counted),
            first_piece_s=0.01,
            defect=defect,
        )
        for _ in range(times):
            async for piece in writer.write("prompt"):
                text.append(piece)

    try:
        asyncio.run(write())
    except AllProvidersFailedError as error:
        return "".join(text), str(error), outcomes, fallbacks
    return "".join(text), None, outcomes, fallbacks


def test_a_healthy_first_provider_is_enough(fake_provider: Callable[..., Any]) -> None:
    second = fake_provider(name="anthropic")
    assert run(fake_provider(), second) == ("하나 둘", None, [("openai", "ok")], [])
    assert second.prompts == []


@pytest.mark.parametrize("outcome", ["rate_limited", "server_error", "connection", "truncated"])
def test_failure_before_content_falls_back(fake_provider: Callable[..., Any], outcome: str) -> None:
    first = fake_provider(pieces=(), error=ProviderError(outcome, ""))
    text, error, outcomes, fallbacks = run(first, fake_provider(name="anthropic"))
    assert (text, error) == ("하나 둘", None)
    assert outcomes == [("openai", outcome), ("anthropic", "ok")]
    assert fallbacks == [("openai", "anthropic")]


def test_failure_after_content_does_not(fake_provider: Callable[..., Any]) -> None:
    second = fake_provider(name="anthropic")
    first = fake_provider(error=ProviderError("stream_error", ""))
    text, error, _, fallbacks = run(first, second)
    assert (text, error, fallbacks) == ("하나 둘", "openai stream_error", [])
    assert second.prompts == []


def test_a_silent_provider_is_given_up(fake_provider: Callable[..., Any]) -> None:
    text, error, outcomes, _ = run(Silent(), fake_provider(name="anthropic"))
    assert (text, error) == ("하나 둘", None)
    assert outcomes[0] == ("openai", "timeout")


def test_an_empty_script_is_a_failure(fake_provider: Callable[..., Any]) -> None:
    _, error, outcomes, _ = run(fake_provider(pieces=()))
    assert error == "openai empty"
    assert outcomes == [("openai", "empty")]


def test_when_all_fail_each_is_named(fake_provider: Callable[..., Any]) -> None:
    first = fake_provider(pieces=(), error=ProviderError("server_error", ""))
    second = fake_provider(name="anthropic", pieces=(), error=ProviderError("rate_limited", ""))
    assert run(first, second)[1] == "openai server_error, anthropic rate_limited"


def test_what_the_caller_did_wrong_is_not_tried_elsewhere(
    fake_provider: Callable[..., Any],
) -> None:
    first = fake_provider(pieces=(), error=ProviderError("rejected", ""))
    second = fake_provider(name="anthropic")
    assert run(first, second)[:2] == ("", "openai rejected")
    assert second.prompts == []
    passed_on = run(first, second, defect=Defect(passes_user_errors_on=True))
    assert passed_on[:2] == ("하나 둘", None)


def test_each_defect_of_the_fallback_is_one(fake_provider: Callable[..., Any]) -> None:
    def broken(at: str = "") -> Any:
        pieces = (at,) if at else ()
        return fake_provider(pieces=pieces, error=ProviderError("connection", ""))

    def other() -> Any:
        return fake_provider(name="anthropic")

    alone = run(broken(), other(), defect=Defect(falls_back=False))
    assert alone[:2] == ("", "openai connection")
    spliced = run(broken("앞 "), other(), defect=Defect(splices=True))
    assert spliced[:2] == ("앞 하나 둘", None)
    first = broken()
    run(first, other(), defect=Defect(sticks=True), times=3)
    assert len(first.prompts) == 1
    unwanted = other()
    run(fake_provider(), unwanted, defect=Defect(asks_both=True))
    assert unwanted.prompts == ["prompt"]
