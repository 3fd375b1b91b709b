"""What was seen survives a death at any byte, and damage is never taken for an end."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from golive.journal import Journal, JournalError, entries, recover

PARTS = {"slo": {"Probes": {"n": 3, "text": "준비\ud800\u2028"}, "History": {"days": 30}}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "journal.jsonl"


def write(path: Path) -> bytes:
    with Journal(path) as journal:
        journal.append("run-started", run_id="r1", started="2026-03-10", config_sha256="c1")
        for gate, parts in PARTS.items():
            for part, data in parts.items():
                journal.append("part", gate=gate, part=part, data=data)
        journal.append("run-finished", decision="GO")
    return path.read_bytes()


def test_a_run_reads_back_as_it_was(path: Path) -> None:
    write(path)
    found = recover(path)
    assert (found.run_id, found.started, found.config_sha256) == ("r1", "2026-03-10", "c1")
    assert found.parts == PARTS


def test_a_torn_tail_at_any_byte_keeps_every_complete_entry(path: Path) -> None:
    whole = write(path)
    lines = whole.splitlines(keepends=True)
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        complete = sum(
            cut >= len(b"".join(lines[: i + 1]).rstrip(b"\n")) for i in range(len(lines))
        )
        assert len(list(entries(path))) == complete


@pytest.mark.parametrize(
    "tail", [b"\x00" * 64, b"\xff\xfe", b'{"kind"', b"[1]", b'{"a": 1}', b"[" * 9999]
)
def test_garbage_after_the_last_line_is_a_torn_tail(path: Path, tail: bytes) -> None:
    whole = write(path)
    path.write_bytes(whole + tail)
    assert recover(path).parts == PARTS


@pytest.mark.parametrize("line", [b"\x00\x00", b"{", b"[]", b'"x"', b'{"no": "kind"}', b"\xff"])
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_damage_before_the_end_is_named_by_its_line(path: Path, line: bytes, place: int) -> None:
    lines = write(path).splitlines()
    lines[place] = line
    path.write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(JournalError, match=rf":{place + 1}: not a journal entry"):
        recover(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "part", "gate": "slo", "part": "Probes"},
        {"kind": "part"},
        {"kind": "run-started", "run_id": "r1"},
    ],
)
def test_an_entry_that_lacks_something_is_damage(path: Path, entry: dict[str, object]) -> None:
    whole = write(path)
    path.write_bytes(whole + json.dumps(entry).encode() + b"\n")
    with pytest.raises(JournalError, match="lacks"):
        recover(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b'{"kind": "part', b'{"kind": "other"}\n'])
def test_a_file_without_a_run_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match="holds no run"):
        recover(path)


def test_a_later_part_replaces_an_earlier_one(path: Path) -> None:
    with Journal(path) as journal:
        journal.append("run-started", run_id="r", started="s", config_sha256="c")
        journal.append("part", gate="slo", part="Probes", data=1)
        journal.append("part", gate="slo", part="Probes", data=2)
    assert recover(path).parts == {"slo": {"Probes": 2}}


def test_nothing_is_ever_appended_to_a_file_that_is_there(path: Path) -> None:
    """After a torn line the next entry would be damage in the middle."""
    whole = write(path)
    with pytest.raises(FileExistsError):
        Journal(path)
    assert path.read_bytes() == whole


def test_every_entry_is_on_disk_before_append_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    fsync = os.fsync

    def spy(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(path.read_bytes())

    monkeypatch.setattr(os, "fsync", spy)
    with Journal(path) as journal:
        journal.append("one")
        assert len(synced) == 1
        journal.append("two")
    assert [s.count(b"\n") for s in synced] == [1, 2]


def test_entries_of_several_threads_do_not_mix(path: Path) -> None:
    with Journal(path) as journal:

        def append(number: int) -> None:
            for i in range(10):
                journal.append("part", gate=str(number), part=str(i), data="x" * 2000)

        threads = [threading.Thread(target=append, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(list(entries(path))) == 60


def test_what_json_cannot_hold_is_refused_and_leaves_no_trace(path: Path) -> None:
    with Journal(path) as journal:
        journal.append("one")
        with pytest.raises(ValueError, match="Out of range float"):
            journal.append("two", value=float("nan"))
        with pytest.raises(TypeError):
            journal.append("three", value=object())
        journal.append("four")
    assert [e["kind"] for e in entries(path)] == ["one", "four"]


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_full_disk_leaves_no_half_line_for_the_next_entry_to_follow(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(descriptor: int, content: bytes = b"") -> int:
        if step == "write":
            write_(descriptor, content[: len(content) // 2])
        raise OSError(28, "no space left")

    write_, fsync = os.write, os.fsync
    with Journal(path) as journal:
        journal.append("run-started", run_id="r", started="s", config_sha256="c")
        monkeypatch.setattr(os, step, full)
        with pytest.raises(OSError, match="no space left"):
            journal.append("part", gate="slo", part="Lost", data="x" * 100)
        monkeypatch.setattr(os, "write", write_)
        monkeypatch.setattr(os, "fsync", fsync)
        journal.append("part", gate="slo", part="Kept", data=1)
    assert recover(path).parts == {"slo": {"Kept": 1}}


def test_a_closed_journal_takes_nothing(path: Path) -> None:
    write(path)
    journal = Journal(path.with_name("other"))
    journal.close()
    with pytest.raises(ValueError, match="closed"):
        journal.append("late")
