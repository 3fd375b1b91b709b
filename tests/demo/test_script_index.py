"""The index on a real ChromaDB in its own process."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from golive_demo.embedding import DIMENSIONS, embed, script_id
from golive_demo.script_index import IndexUnavailableError, ScriptIndex

TEXTS = {"p-1": "항구의 등대지기가 밤을 지킨다", "p-2": "사막을 건너는 마지막 버스"}


def test_embedding_is_a_fixed_unit_vector() -> None:
    vector = embed("새벽의 빵집")
    assert len(vector) == DIMENSIONS
    assert math.isclose(math.hypot(*vector), 1.0)
    assert vector == embed("  새벽의\n빵집 ")
    assert vector != embed("한낮의 빵집")


def test_a_script_has_one_name_for_each_owner_project_and_text() -> None:
    names = {script_id(o, p, t) for o in "ab" for p in "ab" for t in "ab"}
    assert len(names) == 8
    assert script_id("a", "b", "c") == script_id("a", "b", "c")


def test_scripts_are_found_again_after_reopening(tmp_path: Path) -> None:
    indexed = []

    async def write() -> list[Any]:
        index = ScriptIndex(tmp_path, lambda: indexed.append(1))
        assert index.failure == "not opened"
        await index.open()
        assert index.failure is None
        for project, text in TEXTS.items():
            assert index.add("main", project, text)
        assert index.add("main", "p-1", TEXTS["p-1"])
        assert index.add("other", "p-1", TEXTS["p-1"])
        hits = await index.search("main", TEXTS["p-1"], 5)
        await index.close()
        assert index.failure is None
        return hits

    async def read() -> list[Any]:
        index = ScriptIndex(tmp_path)
        await index.open()
        hits = await index.search("main", TEXTS["p-2"], 1)
        await index.close()
        return hits

    hits = asyncio.run(write())
    assert len(indexed) == 4
    assert [hit.project_id for hit in hits] == ["p-1", "p-2"]  # each once, no other owner's
    assert hits[0].text == TEXTS["p-1"]
    assert hits[0].distance == pytest.approx(0.0, abs=1e-5)
    assert hits[1].distance > 0.1
    assert [(h.project_id, h.text) for h in asyncio.run(read())] == [("p-2", TEXTS["p-2"])]


def test_what_is_queued_at_the_end_is_written(tmp_path: Path) -> None:
    indexed = []

    async def write() -> None:
        index = ScriptIndex(tmp_path, lambda: indexed.append(1))
        await index.open()
        for number in range(200):
            assert index.add("main", f"p-{number}", f"대본 {number}")
        await index.close()
        assert not index.add("main", "late", "too late")

    asyncio.run(write())
    assert len(indexed) == 200


def test_a_failed_search_is_an_error_of_its_own(tmp_path: Path) -> None:
    async def ask() -> str | None:
        index = ScriptIndex(tmp_path)
        await index.open()
        with pytest.raises(IndexUnavailableError):
            await index.search("main", "text", -1)
        assert await index.search("main", "text", 1) == []
        await index.close()
        return index.failure

    assert asyncio.run(ask()) is None


def test_an_index_that_is_not_open_takes_nothing(tmp_path: Path) -> None:
    async def use() -> None:
        index = ScriptIndex(tmp_path)
        assert not index.add("main", "p", "text")
        with pytest.raises(IndexUnavailableError, match="not opened"):
            await index.search("main", "text", 1)
        await index.close()

    asyncio.run(use())


def test_a_folder_that_cannot_be_opened_shows(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def open_() -> str | None:
        index = ScriptIndex(tmp_path / "file")
        with pytest.raises(IndexUnavailableError, match="ended with 1"):
            await index.open()
        return index.failure

    assert "ended with 1" in (asyncio.run(open_()) or "")


def test_a_killed_process_shows_and_ends_the_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def noted(*command: Any, **options: Any) -> asyncio.subprocess.Process:
        started.append(await start(*command, **options))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)

    async def kill() -> str | None:
        index = ScriptIndex(tmp_path)
        await index.open()
        waiting = asyncio.create_task(index.search("main", "text", 1))
        started[0].kill()
        with pytest.raises(IndexUnavailableError):
            await waiting
        with pytest.raises(IndexUnavailableError, match="has ended"):
            await index.search("main", "text", 1)
        await index.close()
        assert not index.add("main", "p", "text")
        return index.failure

    assert "ended" in (asyncio.run(kill()) or "")
