"""Text from outside becomes one visible line of bounded length."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sanitize import MAX_LENGTH, clean, masked

HOSTILE = {
    "ansi": "\x1b[31mFAIL\x1b[0m",
    "c1": "a\x9b31mb",
    "bidi": "abc\u202edef\u2066x\u2069",
    "zero width": "pa\u200bss\ufeff",
    "line breaks": "a\nb\rc\u2028d\u2029e\x0bf\x85g",
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "private": "a\ue000b",
    "tag": "a\U000e0041b",
    "hangul filler": "a\u3164b\uffa0c\u115f",
    "braille blank": "a\u2800b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_seen_is_removed(text: str) -> None:
    kept = clean(text)
    assert all(unicodedata.category(c)[0] != "C" for c in kept)
    assert not set(kept) & set("\u2028\u2029\u3164\uffa0\u115f\u2800\n\r\t")


def test_words_stay_apart() -> None:
    assert clean("GO\u202e\nNO_GO") == "GO NO_GO"


@pytest.mark.parametrize("text", ["준비 상태 99.9% 이상", "naïve café", "日本語", "→ ∞ ≥ 99%"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_megabyte_is_cut_and_says_so() -> None:
    kept = clean("x" * 1_000_000)
    assert len(kept) == MAX_LENGTH
    assert kept.endswith("…")


def test_a_cut_inside_white_space_says_so_too() -> None:
    assert clean("start" + " " * 100_000 + "end").endswith("…")


@given(st.text(), st.integers(1, 50))
def test_any_text_becomes_one_bounded_visible_line(text: str, limit: int) -> None:
    kept = clean(text, limit)
    assert len(kept) <= limit
    assert kept.isprintable()
    assert kept == kept.strip() or kept.endswith("…")
    assert "  " not in kept
    assert clean(kept, limit) == kept


@given(st.text(min_size=1), st.integers(1, 50))
def test_a_cut_is_always_marked(text: str, limit: int) -> None:
    whole = clean(text, 10_000)
    if len(whole) > limit:
        assert clean(text, limit).endswith("…")


@given(st.text(st.characters(), max_size=60))
def test_masking_keeps_the_length_and_what_is_seen(text: str) -> None:
    kept = masked(text)
    assert len(kept) == len(text)
    assert kept.split() == clean(text).split()
    assert masked(kept) == kept


@given(st.text(st.sampled_from("ab 가\u00a0\u3164\u200b\x1b\t"), max_size=30))
def test_the_short_way_gives_what_the_long_one_does(text: str) -> None:
    alone = [clean(c) or " " for c in text]
    assert clean(text) == " ".join("".join(alone).split())
