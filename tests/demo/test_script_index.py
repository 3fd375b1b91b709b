"""The index on a real ChromaDB."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from golive_demo.script_index import DIMENSIONS, ScriptIndex, embed


def test_embedding_is_a_fixed_unit_vector() -> None:
    vector = embed("새벽의 빵집")
    assert len(vector) == DIMENSIONS
    assert math.isclose(math.hypot(*vector), 1.0)
    assert vector == embed("  새벽의\n빵집 ")
    assert vector != embed("한낮의 빵집")


def test_scripts_are_found_again_after_reopening(tmp_path: Path) -> None:
    texts = {"p-1": "항구의 등대지기가 밤을 지킨다", "p-2": "사막을 건너는 마지막 버스"}
    indexed = []

    async def write() -> list[Any]:
        index = ScriptIndex(tmp_path, lambda: indexed.append(1))
        assert index.failure == "not opened"
        await index.open()
        for project, text in texts.items():
            assert index.add(project, text)
        assert index.add("p-1", texts["p-1"])
        hits = await index.search(texts["p-1"], 5)
        index.close()
        assert index.failure is None
        return hits

    async def read() -> list[Any]:
        index = ScriptIndex(tmp_path)
        await index.open()
        hits = await index.search(texts["p-2"], 1)
        index.close()
        return hits

    hits = asyncio.run(write())
    assert len(indexed) == 3
    assert [hit.project_id for hit in hits] == ["p-1", "p-2"]  # the repeated script once
    assert hits[0].text == texts["p-1"]
    assert hits[0].distance == pytest.approx(0.0, abs=1e-5)
    assert hits[1].distance > 0.1
    assert [(h.project_id, h.text) for h in asyncio.run(read())] == [("p-2", texts["p-2"])]


def test_a_failed_write_shows(tmp_path: Path) -> None:
    async def add_unopened() -> str | None:
        index = ScriptIndex(tmp_path)
        assert index.add("p", "text")
        index.close()
        return index.failure

    assert "not open" in asyncio.run(add_unopened())
