"""Commands that installed packages bring: found, run, and kept apart from golive's own."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
import typer

from golive import discovery
from golive.cli import main

APP = typer.Typer()


@APP.callback()
def outer() -> None:
    """A group."""


@APP.command()
def nine() -> int:
    """Nine."""
    return 9


def seven(name: str = "x") -> int:
    """A function with an option."""
    return 7 if name == "x" else 8


def raising() -> int:
    raise ValueError("of its own")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("golive_test_commands")
    vars(module).update(APP=APP, seven=seven, raising=raising, nothing=3)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    known = discovery.entry_points

    def entry_points(*, group: str) -> object:
        if group != discovery.COMMAND_GROUP:
            return known(group=group)
        named = {
            "group": "APP",
            "seven": "seven",
            "raising": "raising",
            "nothing": "nothing",
            "lint": "seven",
            "two": "APP",
            "no word": "APP",
        }
        points = [EntryPoint(n, f"{module.__name__}:{a}", group) for n, a in named.items()]
        points += [EntryPoint("two", f"{module.__name__}:seven", group)]
        return [*points, EntryPoint("gone", "golive_no_such_package:APP", group)]

    monkeypatch.setattr(discovery, "entry_points", entry_points)


def code(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    monkeypatch.setattr(sys, "argv", ["golive", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.run()
    return ended.value.code


def test_an_application_and_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(monkeypatch, "group", "nine") == 9
    assert code(monkeypatch, "seven") == 7
    assert code(monkeypatch, "seven", "--name", "y") == 8


def test_they_are_listed_without_being_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(monkeypatch, "--help") == 0
    listed = capsys.readouterr().out
    assert all(f" {name} " in listed for name in ("group", "seven", "gone", "check"))
    assert "no word" not in listed


def test_a_command_of_golive_is_nobody_elses(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(monkeypatch, "lint", "--help") == 0
    assert "--stream-path" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone", "ModuleNotFoundError"),
        ("nothing", "neither a Typer application nor a function"),
        ("two", "two installed packages"),
        ("raising", "ValueError: of its own"),
    ],
)
def test_a_broken_one_says_so_and_ends_with_4(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(monkeypatch, name) == 4
    assert said in capsys.readouterr().err


def test_a_broken_one_takes_no_other_down(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(monkeypatch, "--version") == 0
    assert code(monkeypatch, "list") == 0
