"""The wire format: what is written reads back, and what was altered is noticed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from core_records import check, evidence, gate, ratio, run

from golive.model import EvidenceLevel, Status
from golive.record import RecordError, Sentences, from_data, is_unaltered, to_data

RUN = run(gate(check("gate.ok", measurement=ratio(473, 1)), check(status=Status.FAIL)))


def test_a_record_reads_back_as_it_was() -> None:
    data = json.loads(json.dumps(to_data(RUN), allow_nan=False))
    again = from_data(data)
    assert replace(again, content_sha256="") == RUN
    assert to_data(again) == data


def test_any_change_is_noticed() -> None:
    data = to_data(RUN)
    assert is_unaltered(data)
    data["gates"][0]["checks"][1]["status"] = "pass"
    assert not is_unaltered(data)


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    data = to_data(RUN)
    assert is_unaltered(dict(reversed(data.items())))


def test_text_that_no_file_can_hold_is_replaced_before_the_digest() -> None:
    odd = replace(RUN, config_path="a\ud800b")
    data = to_data(odd)
    written = json.dumps(data, ensure_ascii=False).encode("utf-8")
    assert is_unaltered(json.loads(written))
    assert data["config_path"] == "a\ufffdb"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "GO",
        {},
        {"schema_version": 1},
        {"schema_version": "2.0"},
        {"schema_version": "1.0"},
        {"schema_version": "x" * 10_000},
        {**to_data(RUN), "decision": "MAYBE"},
        {**to_data(RUN), "surprise": 1},
        {**to_data(RUN), "started": "yesterday"},
        {**to_data(RUN), "gates": {}},
        {k: v for k, v in to_data(RUN).items() if k != "decision"},
    ],
)
def test_what_is_no_record_is_refused_with_a_reason(data: object) -> None:
    with pytest.raises(RecordError) as caught:
        from_data(data)
    assert 0 < len(str(caught.value)) < 300


@pytest.mark.parametrize("value", [10**400, "x", None, True])
def test_absurd_numbers_are_refused(value: object) -> None:
    data = to_data(RUN)
    data["gates"][0]["checks"][0]["measurement"]["value"] = value
    with pytest.raises(RecordError):
        from_data(data)


def test_nan_cannot_be_smuggled_in() -> None:
    data = to_data(RUN)
    data["gates"][0]["checks"][0]["measurement"]["value"] = float("nan")
    with pytest.raises(RecordError):
        from_data(data)


def test_words_fall_back_to_english() -> None:
    one = replace(check(), localized={"ko": Sentences("제목", "이유", "조치")})
    assert one.sentences("ko").title == "제목"
    assert one.sentences("fr").title == "Title"
    g = replace(gate(one), title="Gate", localized={"ko": "게이트"}, note="n", localized_note={})
    assert (g.title_in("ko"), g.title_in("fr"), g.note_in("ko")) == ("게이트", "Gate", "n")


def test_a_check_is_found_by_its_id() -> None:
    assert RUN.check("gate.ok") is not None
    assert RUN.check("gate.gone") is None
    assert [c.id for c in RUN.checks()] == ["gate.ok", "gate.check"]


@pytest.mark.parametrize(("refs", "design"), [((evidence(),), True), ((), False)])
def test_only_evidence_makes_a_design(refs: tuple[object, ...], design: bool) -> None:
    one = check(
        status=Status.INCONCLUSIVE,
        level=EvidenceLevel.STATIC,
        refs=refs,  # type: ignore[arg-type]
    )
    assert one.design_only is design
