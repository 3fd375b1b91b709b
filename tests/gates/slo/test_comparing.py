"""A stranger's document costs its own process, and that one is ended in time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading

import pytest

from golive_gates.slo import comparing
from golive_gates.slo.comparing import compare_apart
from golive_gates.slo.drift import Unusable
from golive_gates.slo.parts import Drift

pytestmark = pytest.mark.anyio

BODY = {"name": "golive-project-with-a-longish-name-of-letters"}
EVIL = "^([a-z]+-?)+!$"
"""Backtracks for longer than anyone will wait on a name of 40 letters."""


def document(schema: object) -> bytes:
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {"/p": {"post": {"requestBody": body}}}
    return json.dumps({"openapi": "3.1.0", "paths": paths}).encode()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Children(list[int]):
    """Process ids of the children that were started."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Children:
    pids = Children()
    start = asyncio.create_subprocess_exec

    async def noted(*args: object, **kwargs: object) -> asyncio.subprocess.Process:
        process = await start(*args, **kwargs)  # type: ignore[arg-type]
        pids.append(process.pid)
        pids.started.set()
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    return pids


async def test_drift_comes_back_as_it_was_found() -> None:
    schema = {"required": ["title"], "properties": {"title": {"type": "string"}}}
    found = await compare_apart(document(schema), "POST", "/p", BODY)
    assert found == (
        Drift("missing-field", "title", "", "name"),
        Drift("ignored-field", "name", "", "title"),
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("^golive", ()), ("^other", (Drift("wrong-value", "name", "pattern"),))],
)
async def test_patterns_are_checked(pattern: str, expected: tuple[Drift, ...]) -> None:
    schema = {"properties": {"name": {"pattern": pattern}}}
    assert await compare_apart(document(schema), "POST", "/p", BODY) == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"name": {"pattern": EVIL}}},
        {
            "propertyNames": {"pattern": "^(b|a|ab)+$"},
            "patternProperties": {"^(n?a?m?e?)+!$": {}},
            "additionalProperties": {"anyOf": [{"pattern": EVIL}]},
        },
    ],
)
async def test_a_pattern_without_end_is_ended(schema: object, children: Children) -> None:
    with pytest.raises(Unusable, match="beyond 2 s"):
        await compare_apart(document(schema), "POST", "/p", BODY | {"x": "a" * 40}, 2.0)
    assert [pid for pid in children if alive(pid)] == []
    assert len(children) == 1


async def test_a_cancelled_comparison_leaves_no_process(children: Children) -> None:
    schema = {"properties": {"name": {"pattern": EVIL}}}
    task = asyncio.ensure_future(compare_apart(document(schema), "POST", "/p", BODY, 60.0))
    await children.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not alive(children[0])


async def test_it_works_in_a_thread_with_its_own_loop() -> None:
    found: list[object] = []
    work = compare_apart(document({"required": ["a"]}), "POST", "/p", {})
    thread = threading.Thread(target=lambda: found.append(asyncio.run(work)))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert found == [(Drift("missing-field", "a"),)]


@pytest.mark.parametrize(
    ("text", "why"),
    [(b"[]", "no paths"), (b"{", "Expecting"), (b"[" * 100_000, "nested too deeply")],
)
async def test_what_is_wrong_with_the_document_comes_back(text: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        await compare_apart(text, "POST", "/p", {})


async def test_a_child_that_breaks_down_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_CHILD", "raise SystemExit(3)")
    with pytest.raises(Unusable, match="exit 3"):
        await compare_apart(document({}), "POST", "/p", {})


async def test_a_child_that_cannot_start_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing.sys, "executable", "/nowhere/python")
    with pytest.raises(Unusable, match="could not be started"):
        await compare_apart(document({}), "POST", "/p", {})


async def test_thousands_of_paths_are_compared() -> None:
    paths = {f"/a/{{x}}/{n}/{{y}}": {"post": {}} for n in range(20_000)}
    text = json.dumps({"openapi": "3.1.0", "paths": paths}).encode()
    with contextlib.suppress(Unusable):  # on a very slow machine
        assert (await compare_apart(text, "POST", "/a/1/77/2", {})) == ()
