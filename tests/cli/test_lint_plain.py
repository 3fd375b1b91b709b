"""Command lines that are read without the option parser say what they say to the parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from golive.cli import lint as command
from golive.cli import lint_plain
from golive.cli.app import app
from golive.cli.lint_asked import Asked
from golive.cli.lint_plain import plainly_asked
from tests.cli.test_startup import modules_after


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the option parser makes of arguments."""
    for name in ("GOLIVE_LANG", "GOLIVE_STRICT"):
        monkeypatch.delenv(name, raising=False)

    def ask(*arguments: str, **environment: str) -> Asked:
        met: list[Asked] = []
        with monkeypatch.context() as patch:
            patch.setattr(command, "carried_out", lambda asked: met.append(asked) or 0)
            for name, value in environment.items():
                patch.setenv(name, value)
            app(["lint", *arguments], standalone_mode=False)
        return met[0]

    return ask


@pytest.mark.parametrize(
    "arguments",
    [
        ("k8s",),
        ("k8s", "a.yaml", "-o", "json"),
        ("-o", "json=x.json", "--output", "text", "--output=sarif=x", "k8s"),
        ("k8s", "--severity", "high", "--strict", "--lang", "en", "--lang=ko"),
        ("k8s", "--check", "a.b, c.d", "--check=a.b,e.f", "--gate", "manifests,,streaming"),
        ("k8s", "--kubernetes", "1.34,1.35", "--stream-path", "/a", "--stream-path=/b"),
        ("k8s", "--set", "gates.a.b=c", "--set=d=e", "--exclude", "*.md", "--jobs", "2"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("environment", [{}, {"GOLIVE_LANG": "en"}], ids=["", "in English"])
def test_what_is_plain_is_what_the_parser_reads(
    parsed: Any, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    found = plainly_asked(arguments, environment)
    assert found is not None
    assert found == parsed(*arguments, **environment)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--help",),
        ("k8s", "-h"),
        ("k8s", "-ojson"),
        ("k8s", "-o"),
        ("k8s", "-o", ""),
        ("k8s", "-o", "-x"),
        ("k8s", "--", "-x"),
        ("k8s", "--no-such"),
        ("k8s", "--debug"),
        ("k8s", "--strict=1"),
        ("k8s", "--severity", "HIGH"),
        ("k8s", "--lang", "fr"),
        ("k8s", "--jobs", "0"),
        ("k8s", "--jobs", "two"),
        ("k8s", "--check", ","),
        ("k8s", "--gate", " "),
        ("-",),
        ("",),
    ],
    ids=" ".join,
)
def test_the_rest_is_left_to_the_parser(arguments: tuple[str, ...]) -> None:
    assert plainly_asked(arguments, {}) is None


@pytest.mark.parametrize("name", ["GOLIVE_STRICT", "_GOLIVE_COMPLETE"])
def test_so_is_what_the_environment_asks_for(name: str) -> None:
    assert plainly_asked(["k8s"], {name: "1"}) is None
    assert plainly_asked(["k8s"], {"GOLIVE_LANG": "fr"}) is None


def test_every_option_is_known_to_both() -> None:
    group: Any = typer.main.get_command(app)
    options = [p for p in group.commands["lint"].params if p.param_type_name == "option"]
    declared = {name: option.name for option in options for name in option.opts}
    assert declared == {**lint_plain.MANY, **lint_plain.ONE, **lint_plain.FLAGS}


def test_a_plain_lint_imports_no_option_parser(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    modules = modules_after("lint", str(tmp_path), "-o", "json", code=None)
    assert "golive_gates.manifests.files" in modules
    assert not modules & {"typer", "click", "pydantic", "jsonschema"}
