"""The summary on a terminal: same words, no control characters, no markup."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import factory
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from golive.rendering import RenderOptions
from golive_reports.lines import cells, wrap
from golive_reports.terminal import RENDERER, render

RUNS = [
    factory.go,
    factory.conditional,
    factory.no_go,
    factory.inconclusive,
    factory.designed,
    factory.overclaiming,
    factory.hostile,
]


def on_console(run: object, options: RenderOptions, *, width: int, soft_wrap: bool) -> str:
    assert RENDERER.rich is not None
    console = Console(
        file=io.StringIO(), width=width, force_terminal=True, soft_wrap=soft_wrap, highlight=False
    )
    console.print(RENDERER.rich(run, options))  # type: ignore[arg-type]
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("make", RUNS)
@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(make: object, lang: str, width: int) -> None:
    text = render(make(), RenderOptions(lang, width=width))  # type: ignore[operator]
    assert max(map(cells, text.splitlines())) <= width
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


@pytest.mark.parametrize("make", RUNS)
@pytest.mark.parametrize("soft_wrap", [False, True])
def test_colour_says_the_same(make: object, soft_wrap: bool) -> None:
    run = make()  # type: ignore[operator]
    options = RenderOptions("ko", width=100)
    coloured = on_console(run, options, width=100, soft_wrap=soft_wrap)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert "\x1b" not in plain
    assert "".join(plain.split()) == "".join(render(run, options).split())


def test_markup_from_a_server_is_text() -> None:
    text = "[/x] [bold red]x[/] [link=http://evil.example]y[/link]"
    sentences = (text, text, text)
    check = replace(factory.READINESS, status=factory.Status.FAIL)
    check = replace(check, localized={"ko": factory.Sentences(*sentences)})
    run = factory.run(factory.gate("slo", check))
    coloured = on_console(run, RenderOptions("ko"), width=200, soft_wrap=False)
    assert "[/x] [bold red]x[/]" in coloured
    assert "\x1b]8" not in coloured


def test_the_summary_names_cause_numbers_and_remedy() -> None:
    text = render(factory.no_go(), RenderOptions("ko"))
    assert "❌ 결정: Go-Live 불가 (NO_GO)" in text
    assert "❌ slo.sse-first-event 실패: 첫 콘텐츠까지의 p95가 3.02초로" in text
    assert "목표 ≤2초, 측정값 3.02초, 95% 신뢰 한계 ≤3.41초, n = 93, 실패 93" in text
    assert "이 때문에 판정하지 못한 검사: slo.sse-complete, slo.error-budget" in text
    assert "수행되지 않은 필수 검사: slo.contract" in text
    assert text.count("미검증") == 6


def test_an_overclaiming_record_is_contradicted() -> None:
    text = render(factory.overclaiming(), RenderOptions("ko", complaints=("record-altered",)))
    head = text.split("게이트\n")[0]
    assert "결정: 판정 불가, 승인하지 않음 (INCONCLUSIVE)" in head
    assert head.count("⚠") == 3


def test_columns_line_up_by_cells() -> None:
    lines = [
        line for line in render(factory.go(), RenderOptions("ko")).splitlines() if "Gate " in line
    ]
    starts = {cells(re.split(r"미검증|완료", line)[0]) for line in lines}
    assert len(lines) == 7
    assert len(starts) == 1


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab 가나✅"), max_size=200), st.integers(40, 80))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    lines = wrap(text, width, 5)
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
