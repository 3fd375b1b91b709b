"""The record comes out as it went in, and an altered one stays altered."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import factory
import pytest

import golive
from golive.record import Decision, Run, from_data, is_unaltered, to_data
from golive.record_schema import SCHEMA_FILE, build_run_schema, run_schema, validate_record
from golive.rendering import RenderOptions
from golive_reports.json import RENDERER

RUNS = [
    factory.go,
    factory.conditional,
    factory.no_go,
    factory.inconclusive,
    factory.designed,
    factory.overclaiming,
    factory.hostile,
]


@pytest.mark.parametrize("make", RUNS)
def test_round_trip(make: object) -> None:
    run: Run = make()  # type: ignore[operator]
    data = json.loads(RENDERER.render(run, RenderOptions()))
    assert data == json.loads(json.dumps(to_data(run)))
    assert is_unaltered(data)
    assert replace(from_data(data), content_sha256="") == run
    assert validate_record(data) == []


def test_an_altered_record_keeps_its_old_digest() -> None:
    data = to_data(factory.no_go())
    data["decision"] = "GO"
    run = from_data(data)
    again = json.loads(RENDERER.render(run, RenderOptions(complaints=("record-altered",))))
    assert again["content_sha256"] == data["content_sha256"]
    assert not is_unaltered(again)


def test_the_committed_schema_is_the_generated_one() -> None:
    if os.environ.get("GOLIVE_REGENERATE"):
        path = Path(golive.__file__).parent / "schemas" / SCHEMA_FILE
        text = json.dumps(build_run_schema(), indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
        pytest.fail("the schema was written anew: read the difference, a changed field means v2")
    assert run_schema() == build_run_schema()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.update(extra=1), "(top)"),
        (lambda d: d.pop("decision"), "(top)"),
        (lambda d: d.update(decision="MAYBE"), "decision"),
        (lambda d: d.update(schema_version="2.0"), "schema_version"),
        (lambda d: d["gates"][0].update(id=7), "gates[0].id"),
        (lambda d: d["gates"][0]["checks"][0].pop("measurement"), "gates[0].checks[0]"),
        (lambda d: d["gates"][0]["checks"][0].update(status="ok"), "gates[0].checks[0].status"),
        (lambda d: d["gates"][0]["checks"][0]["measurement"].update(value="NaN"), "gates[0]"),
        (lambda d: d["gates"][0]["checks"][0]["measurement"].update(n=-1), "gates[0]"),
        (lambda d: d["config"].update(nonsense={}), "config"),
        (lambda d: d.update(finished="yesterday"), "finished"),
    ],
)
def test_what_does_not_fit_is_named(change: object, place: str) -> None:
    data = to_data(factory.go())
    change(data)  # type: ignore[operator]
    problems = validate_record(data)
    assert problems
    assert problems[0].startswith(place)


@pytest.mark.parametrize("data", [None, [], "x", 1, {}])
def test_what_is_no_record_is_refused(data: object) -> None:
    assert validate_record(data)


def test_problems_are_few_and_short() -> None:
    data = to_data(factory.go())
    data["gates"] = ["x" * 100_000] * 1000
    problems = validate_record(data)
    assert 0 < len(problems) <= 20
    assert all(len(problem) < 800 for problem in problems)


def test_infinities_are_written_as_strings() -> None:
    slow = replace(
        factory.FIRST_EVENT,
        measurement=factory.latency(float("inf"), float("inf"), 1.0, 20, 3),
    )
    run = factory.run(factory.gate("slo", slow), decision=Decision.INCONCLUSIVE)
    text = RENDERER.render(run, RenderOptions())
    assert '"+Inf"' in text
    assert "Infinity" not in text
    assert validate_record(json.loads(text)) == []
