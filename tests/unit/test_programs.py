"""Programs as processes: what they are given, and what is kept of them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from golive import programs
from golive.programs import Ran, found, run


def script(folder: Path, text: str) -> str:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def ran(folder: Path, text: str, **more: object) -> Ran:
    program = script(folder, text)
    return asyncio.run(run(program, ("a b", "$HOME"), folder, 30.0, **more))  # type: ignore[arg-type]


def test_outputs_together_and_apart(tmp_path: Path) -> None:
    text = 'echo "$1|$2"; echo second >&2; exit 3'
    assert ran(tmp_path, text) == Ran(3, "a b|$HOME\nsecond\n")
    assert ran(tmp_path, text, apart=True) == Ran(3, "a b|$HOME\n", "", "second\n")


def test_it_is_given_nothing_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "canary")
    home = tmp_path / "home"
    home.mkdir()
    text = ran(tmp_path, "pwd; env", home=home, env={"MORE": "1"}).text
    assert "canary" not in text
    assert {str(tmp_path), f"HOME={home}", "MORE=1"} <= set(text.splitlines())


def test_too_much_on_either_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "LARGEST", 1000)
    for text in ("head -c 5000 /dev/zero", "head -c 5000 /dev/zero >&2"):
        done = ran(tmp_path, text, apart=True)
        assert (done.status, done.problem) == (None, "too-much")


def test_ended_by_a_signal(tmp_path: Path) -> None:
    assert ran(tmp_path, "kill -9 $$").status == -9


def test_not_started(tmp_path: Path) -> None:
    for program, words in ((str(tmp_path / "none"), ()), (sys.executable, ("a\0b",))):
        done = asyncio.run(run(program, words, tmp_path, 5.0))
        assert (done.status, done.problem) == (None, "not-started")


def test_where_a_program_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = script(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found("program") == program
    assert found("no-such-program") is None
    beside = found(Path(sys.executable).name)
    assert beside is not None
    assert Path(beside).parent == Path(sys.executable).parent
