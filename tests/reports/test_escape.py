"""Nothing from a record acts on a Markdown renderer."""

from __future__ import annotations

import re

import factory
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from golive.rendering import RenderOptions
from golive.sanitize import clean
from golive_reports.markdown import render
from golive_reports.markdown.escape import LIMIT, code, escape, fenced, link, table

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OPTIONS = RenderOptions("ko")

ALPHABET = st.one_of(
    st.sampled_from(list("\\`*_[](){}<>&|~$#+-=.!:@/'\" \t\n0123456789abxGHw가나완료✅\u202e\x1b")),
    st.characters(),
)
NASTY = st.one_of(st.text(ALPHABET, max_size=80), st.just(factory.HOSTILE))


def bare(text: str) -> str:
    """What is left to compare: spaces and backticks may become code spans."""
    return re.sub(r"[\s`]", "", text)


@settings(max_examples=600)
@given(NASTY)
@example("`" * 3)
@example("a`b``c` `|` ``|`")
@example("1. x")
@example("    x")
@example("--- | ---")
def test_escaped_text_is_one_paragraph_of_itself(text: str) -> None:
    tokens = PARSER.parse(escape(text))
    if not clean(text, LIMIT):
        assert not tokens
        return
    assert [t.type for t in tokens] in (
        ["paragraph_open", "inline", "paragraph_close"],
        [],
    )
    children = (tokens[1].children or []) if tokens else []
    assert {t.type for t in children} <= {"text", "code_inline"}
    assert bare("".join(t.content for t in children)) == bare(clean(text, LIMIT))
    for token in children:
        if token.type == "text":
            assert "://" not in token.content or "://" not in clean(text)
            assert not re.search(r"(?i)https?://\w|www\.[a-z0-9]|@[a-z0-9]", token.content)


@settings(max_examples=600)
@given(NASTY)
@example("a|b`c|")
@example("\\|")
def test_code_is_code_and_pipes(text: str) -> None:
    tokens = PARSER.parse(code(text))
    children = (tokens[1].children or []) if tokens else []
    assert {t.type for t in children} <= {"text", "code_inline"}
    prose = "".join(t.content for t in children if t.type == "text")
    assert set(prose) <= {"|", "–", " "}
    if clean(text, LIMIT):
        joined = "".join(t.content for t in children)
        assert joined.replace(" ", "").replace("–", "") == clean(text, LIMIT).replace(
            " ", ""
        ).replace("–", "")


@settings(max_examples=300)
@given(st.lists(st.tuples(NASTY, NASTY, NASTY), min_size=1, max_size=4))
def test_tables_keep_their_shape(rows: list[tuple[str, str, str]]) -> None:
    head = (escape("가"), escape("나"), escape("다"))
    lines = table(head, [(escape(a), code(b), escape(c)) for a, b, c in rows])
    tokens = PARSER.parse("\n".join(lines))
    assert cells(tokens) == 3 * (len(rows) + 1)
    assert sum(t.type == "tr_open" for t in tokens) == len(rows) + 1
    assert tokens[-1].type == "table_close"
    for line, (a, b, c) in zip(lines[2:], rows, strict=True):
        # A parser pads or cuts rows to the width of the head: count the pipes themselves.
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 4, (line, a, b, c)


def cells(tokens: list[Token]) -> int:
    return sum(t.type in ("th_open", "td_open") for t in tokens)


@settings(max_examples=300)
@given(st.lists(NASTY, max_size=5))
def test_a_literal_block_ends_where_it_ends(lines: list[str]) -> None:
    text = "\n".join([*fenced(lines), "after"])
    tokens = PARSER.parse(text)
    assert [t.type for t in tokens] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


@settings(max_examples=300)
@given(NASTY, NASTY)
def test_links_lead_only_to_files_beside_the_report(title: str, path: str) -> None:
    for token in PARSER.parse(link("제목 " + title, path)):
        for child in token.children or []:
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith(".")
                assert ":" not in str(child.attrs["href"])


@pytest.mark.parametrize("path", ["https://evil.example", "javascript:alert(1)", "/etc", "//x", ""])
def test_other_addresses_are_shown_not_linked(path: str) -> None:
    assert "](" not in link("제목", path)


@settings(max_examples=25)
@given(NASTY)
@example(factory.HOSTILE)
@example("x\n\n# y")
def test_the_shape_of_a_report_does_not_depend_on_what_strangers_write(text: str) -> None:
    plain = PARSER.parse(render(factory.hostile("x"), OPTIONS))
    tokens = PARSER.parse(render(factory.hostile("x" + text), OPTIONS))
    assert [(t.type, t.tag) for t in tokens] == [(t.type, t.tag) for t in plain]
    for token in tokens:
        for child in token.children or []:
            assert child.type not in ("html_inline", "image")
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith("./")


def test_control_and_bidi_characters_are_gone() -> None:
    text = render(factory.hostile(), OPTIONS)
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text
    )
    assert "<script" not in re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)


def test_a_megabyte_from_a_server_stays_small() -> None:
    huge = render(factory.hostile("<|`" * 350_000), OPTIONS)
    assert len(huge) < 600_000
