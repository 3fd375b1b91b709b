"""Both languages say the same things, and every sentence is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

import golive_reports
from golive.model import EvidenceLevel, Status
from golive.record import Decision, Execution
from golive.texts import CatalogueError
from golive.verdict import ClaimState, Effect, GateLabel
from golive_reports.words import words


def leaves(table: Mapping[str, object], place: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        here = f"{place}.{key}" if place else key
        if isinstance(value, Mapping):
            yield from leaves(value, here)
        else:
            assert isinstance(value, str)
            yield here, value


KOREAN = dict(leaves(words("ko").tables))
ENGLISH = dict(leaves(words("en").tables))


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_same_places() -> None:
    assert set(KOREAN) == set(ENGLISH)


@pytest.mark.parametrize("place", sorted(KOREAN))
def test_same_parameters(place: str) -> None:
    if place == "moment":  # languages write dates from different parts
        return
    assert fields(KOREAN[place]) == fields(ENGLISH[place])


def test_korean_is_korean() -> None:
    hangul = re.compile("[가-힣]")
    spoken = [
        t for t in KOREAN.values() if re.search("[A-Za-z]{4,}", re.sub(r"\{\w+\}|`.+?`", "", t))
    ]
    mute = [t for t in spoken if not hangul.search(t)]
    assert mute == []
    assert [t for t in ENGLISH.values() if hangul.search(t)] == []


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("decision", Decision),
        ("decision_section.meaning", Decision),
        ("label", GateLabel),
        ("status", Status),
        ("level", EvidenceLevel),
        ("claim", ClaimState),
        ("effect", Effect),
        ("execution", Execution),
    ],
)
def test_every_member_has_its_word(table: str, kind: type) -> None:
    for member in kind:  # type: ignore[attr-defined]
        assert words("ko").find(f"{table}.{member}")
        assert words("en").find(f"{table}.{member}")


def test_every_sentence_is_used() -> None:
    folder = Path(golive_reports.__file__).parent
    source = "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.py")))
    computed = (
        r"(units|decision|label|status|level|claim|effect|execution|slo|header|checklist|metrics"
        r"|figures|next|lint\.(outcome|suppression|column)|documents\.column|decision_section\.meaning|rollout\.(approval|last))\."
    )
    unused = [
        place
        for place in KOREAN
        if not re.match(computed, place)
        and not re.search(rf"""["']{re.escape(place)}["']""", source)
    ]
    assert unused == []


def test_unknown_language_and_place_are_errors() -> None:
    with pytest.raises(CatalogueError):
        words("fr")
    with pytest.raises(CatalogueError):
        words("ko").say("header.nothing")
    with pytest.raises(CatalogueError):
        words("ko").say("header.title")
