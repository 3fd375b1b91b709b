"""Inline suppressions: where they stand, what they cover, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from golive.sources.suppressions import Syntax, suppressions_in
from golive.sources.tree import Suppression
from tests.unit.sources.trees import linted

GOOD = "golive: ignore[a.b] until=2027-01-31 known, being mended"


def found(text: str, syntax: Syntax = Syntax.YAML, first_line: int = 1) -> tuple[Suppression, ...]:
    return suppressions_in(dedent(text).lstrip("\n"), "f", first_line, syntax)


def test_all_of_its_parts() -> None:
    (one,) = found(
        "a: b # golive: ignore[manifests.image-tags, streaming.x] until=2027-01-31 why\n"
    )
    assert one.checks == ("manifests.image-tags", "streaming.x")
    assert (one.until, one.reason, one.problem) == ("2027-01-31", "why", "")
    assert (one.location.path, one.location.line, one.location.column) == ("f", 1, 6)
    assert one.applies == (1, 1)


@pytest.mark.parametrize(
    ("text", "applies"),
    [
        (f"a: 1\nb: 2 # {GOOD}\nc: 3\n", (2, 2)),
        (f"a: 1\n# {GOOD}\nb: 2\n", (3, 3)),
        (f"a: 1\n# {GOOD}\n# more\n\nb: 2\n", (5, 5)),
        (f"a: 1\n# {GOOD}\n", (2, 2)),
        (f"# {GOOD}\na: 1\nb: 2\n", (1, 4)),
        (f"# head\n# {GOOD}\n---\na: 1\n", (1, 5)),
        (f"--- # {GOOD}\na: 1\n", (1, 3)),
        (f"---\n\n# {GOOD}\na: 1\n", (1, 5)),
        (f"a:\n  - b\n  # {GOOD}\n  - c\n", (4, 4)),
        (f"a: | # {GOOD}\n  text\nb: 1\n", (1, 1)),
        (f"a: 'it''s' # {GOOD}\n", (1, 1)),
        (f'a: "x # y" # {GOOD}\n', (1, 1)),
        (f"a: [b, # {GOOD}\n  c]\n", (1, 1)),
        (f"a: b#c # {GOOD}\n", (1, 1)),
        (f"a: |\n  text\n# {GOOD}\nb: 1\n", (4, 4)),
    ],
)
def test_what_it_covers(text: str, applies: tuple[int, int]) -> None:
    (one,) = suppressions_in(text, "f", 1, Syntax.YAML)
    assert (one.applies, one.problem) == (applies, "")


@pytest.mark.parametrize(
    "text",
    [
        f"a: '# {GOOD}'\n",
        f'a: "x\n  # {GOOD}"\n',
        f"a: |\n  text\n  # {GOOD}\n  more\nb: 1\n",
        f"a: >-\n\n  # {GOOD}\n",
        f"a: b#{GOOD}\n",
        "a: b # golive is good\n",
        "# see golive: no\na: 1\n",
    ],
)
def test_what_is_no_comment_is_no_suppression(text: str) -> None:
    assert suppressions_in(text, "f", 1, Syntax.YAML) == ()


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("golive: ignore", "not in the form"),
        ("golive: ignore a.b until=2027-01-31 why", "not in the form"),
        ("golive: skip[a.b] until=2027-01-31 why", "not in the form"),
        ("golive: ignore[] until=2027-01-31 why", "names no check"),
        ("golive: ignore[ , ] until=2027-01-31 why", "names no check"),
        ("golive: ignore[A B] until=2027-01-31 why", "no check id"),
        ("golive: ignore[a.b] because", "no until="),
        ("golive: ignore[a.b]", "no until="),
        ("golive: ignore[a.b] why until=2027-01-31", "no until="),
        ("golive: ignore[a.b] until= why", "is no day"),
        ("golive: ignore[a.b] until=2027-02-30 why", "is no day"),
        ("golive: ignore[a.b] until=20270228 why", "is no day"),
        ("golive: ignore[a.b] until=2027-01-31", "no reason"),
        ("golive: ignore[a.b] until=2027-01-31   ", "no reason"),
    ],
)
def test_malformed_ones_say_why(comment: str, problem: str) -> None:
    (one,) = found(f"a: 1 # {comment}\n")
    assert problem in one.problem
    assert one.applies == (1, 1)


def test_nginx() -> None:
    text = f"""
        # {GOOD}
        events {{}}
        http {{
          log_format a '# golive: ignore[no.no] until=2027-01-31 text'; # {GOOD}
          map $a $b {{ "x # golive: y" 1; }}
          # {GOOD}
          # more
          proxy_buffering on;
          rewrite ^/a#golive: b;
        }}
        """
    assert [(s.applies, s.problem) for s in found(text, Syntax.NGINX)] == [
        ((2, 2), ""),
        ((4, 4), ""),
        ((8, 8), ""),
    ]


def test_lines_count_from_the_head_of_the_file(tmp_path: Path) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    text = f"{head}---\n# {GOOD}\n{head}x: 1 # {GOOD}\n---\n{head}"
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    assert [s.applies for s in tree.suppressions] == [(4, 9), (9, 9)]
    assert [s.location.line for s in tree.suppressions] == [5, 9]
