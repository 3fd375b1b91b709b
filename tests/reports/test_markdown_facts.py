"""Figures of a check in the report: some of many, and all of few."""

from __future__ import annotations

import factory
import pytest

from golive.record import FactRecord
from golive.rendering import RenderOptions
from golive_reports.markdown import render


@pytest.mark.parametrize(("lang", "rest"), [("en", "further figures"), ("ko", "그 밖의 수치")])
@pytest.mark.parametrize(("count", "printed"), [(20, 20), (21, 20), (3000, 20)])
def test_a_flood_of_facts_is_cut_short(lang: str, rest: str, count: int, printed: int) -> None:
    facts = tuple(FactRecord(f"Deployment/app/web-{i}", "baseline") for i in range(count))
    passed = factory.check("manifests.pod-security-baseline", facts=facts)
    run = factory.run(factory.gate("manifests", passed))
    text = render(run, RenderOptions(lang, record_file="run.json"))
    assert text.count("Deployment/app/web") == printed
    assert (rest in text) is (count > printed)
