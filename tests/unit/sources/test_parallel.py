"""Several processes read the same as one."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from golive.sources import forking, parallel
from golive.sources.reading import read_paths, reading_paths
from golive.sources.walking import NoSuchPath
from tests.unit.sources.trees import OBJECT, said, write


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the processes that are forked; even the smallest folder is worth one."""
    started: list[int] = []
    fork = os.fork

    def counted() -> int:
        pid = fork()
        if pid:
            started.append(pid)
        return pid

    monkeypatch.setattr(parallel, "ENOUGH_BYTES", 1000)
    monkeypatch.setattr(parallel, "ENOUGH_FILES", 3)
    monkeypatch.setattr(parallel, "LARGE", 1000)
    monkeypatch.setattr(os, "fork", counted)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(forking.sys, "platform", "linux")
    return started


DOCUMENT = OBJECT + "data: {a: b}  # golive: ignore[a.b] until=2027-01-31 why\n"
MANY = "---\n".join(DOCUMENT.replace("name: a", f"name: n{i}") for i in range(50))
FILES: dict[str, str | bytes] = {
    "a.yaml": OBJECT,
    "many.yaml": MANY + "---\n- stranger\n---\nx: [\n---\n---\n" + DOCUMENT,
    "late.yaml": "x: 1\n---\n" * 400 + DOCUMENT,
    "anchors.yaml": MANY + "---\n" + OBJECT + "x: &x [1]\ny: *x\n",
    "nginx.conf": "events {}\nhttp { server { listen 80; } }\n",
    "big.conf": "# " + "x" * 2000 + "\nevents {}\n",
    "binary.yaml": b"\0" * 5000,
    "rules.yml": "groups: [{name: a, rules: []}]\n",
}


@pytest.mark.parametrize("jobs", [2, 3, 16])
def test_the_tree_is_the_same(tmp_path: Path, forks: list[int], jobs: int) -> None:
    write(tmp_path, FILES)
    alone = read_paths([tmp_path], jobs=1)
    assert not forks
    assert read_paths([tmp_path], jobs=jobs) == alone
    assert 1 <= len(forks) < jobs
    assert len(alone.objects) == 1 + 51 + 1 + 51
    assert len(said(alone)) == 2 + 400 + 1
    lines = [s.location.line for s in alone.suppressions if s.location.path.endswith("many.yaml")]
    assert lines == [*range(4, 4 + 50 * 5, 5), 259]


def test_a_process_that_is_lost_loses_nothing(forks: list[int]) -> None:
    here = os.getpid()

    def task(number: int) -> int:
        if os.getpid() != here and number == 3:
            os._exit(7)
        return number * 2

    tasks = [lambda n=n: task(n) for n in range(8)]
    assert forking.run(tasks, [1] * 8, 3) == [n * 2 for n in range(8)]
    assert len(forks) == 2


def test_an_exception_is_raised_here(forks: list[int]) -> None:
    def broken() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        forking.run([broken, broken], [1, 1], 2)
    assert len(forks) == 1


def test_beside_other_threads_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert forking.processes(8) == 1


def test_elsewhere_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking.sys, "platform", "darwin")
    assert forking.processes(8) == 1


def test_a_crew_that_is_not_needed_is_sent_home(forks: list[int]) -> None:
    with forking.Crew([lambda: time.sleep(600)] * 3, [1] * 3, 3):
        assert len(forks) == 2
    for pid in forks:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_who_has_something_else_to_do_gets_the_same_tree(tmp_path: Path, forks: list[int]) -> None:
    write(tmp_path, FILES)
    with reading_paths([tmp_path], jobs=2) as tree:
        assert len(forks) == 1
        assert tree() == read_paths([tmp_path], jobs=1)


def test_a_path_that_is_not_there_is_told_when_the_tree_is_asked_for(tmp_path: Path) -> None:
    with reading_paths([tmp_path / "none"]) as tree, pytest.raises(NoSuchPath):
        tree()
