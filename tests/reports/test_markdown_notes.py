"""Notes of the release stand at the head of the report, before any verdict."""

from __future__ import annotations

from dataclasses import replace

import factory
import pytest

from golive.config.release import Release
from golive.rendering import RenderOptions
from golive_reports.markdown import render


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_each_note_is_printed_and_none_is_taken_for_markup(lang: str) -> None:
    run = factory.run(factory.gate("slo", factory.check("slo.defined")))
    notes = ("30일 이력은 모의 이력입니다.", "<b>*one*\n# two")
    noted = replace(run, config=replace(run.config, release=Release(notes=notes)))
    plain, text = (render(r, RenderOptions(lang, record_file="run.json")) for r in (run, noted))
    head = text[: text.index("\n## ")]
    assert f"\n- {notes[0]}\n" in head
    assert "<b>" not in head
    assert "\n# two" not in head
    assert notes[0] not in plain
