"""Evidence: redacted before anything else, bounded, hashed, whole or absent, never replaced."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive import evidence as module
from golive.evidence import FileEvidence, write_atomically

TOKEN = b"s3cr3t-token"


def redact(content: bytes) -> bytes:
    return content.replace(TOKEN, b"***")


@pytest.fixture
def store(tmp_path: Path) -> FileEvidence:
    return FileEvidence(tmp_path / "evidence" / "slo", tmp_path, redact)


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


class TestContent:
    def test_is_redacted_before_it_is_hashed_or_written(
        self, store: FileEvidence, tmp_path: Path
    ) -> None:
        ref = store.add("answer.json", b"Bearer " + TOKEN, "application/json")
        kept = (tmp_path / ref.path).read_bytes()
        assert kept == b"Bearer ***"
        assert ref.sha256 == hashlib.sha256(kept).hexdigest()
        assert ref.size == len(kept)

    def test_keeps_text_and_bytes_alike(self, store: FileEvidence, tmp_path: Path) -> None:
        text, raw = store.add("a", "준비", "text/plain"), store.add("b", b"\xff\x00", "x/y")
        assert (tmp_path / text.path).read_text("utf-8") == "준비"
        assert (tmp_path / raw.path).read_bytes() == b"\xff\x00"

    def test_that_no_encoding_holds_is_kept_as_far_as_possible(
        self, store: FileEvidence, tmp_path: Path
    ) -> None:
        ref = store.add("a", "a\ud800b", "text/plain")
        assert (tmp_path / ref.path).read_bytes() == b"a?b"

    def test_beyond_the_cap_is_cut_and_says_how_much_there_was(
        self, store: FileEvidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_SIZE", 10)
        ref = store.add("big", b"0123456789ABC", "text/plain")
        kept = (tmp_path / ref.path).read_bytes()
        assert kept == b"0123456789\n[cut: 13 bytes in all]\n"
        assert ref.size == len(kept)

    def test_a_secret_across_the_cap_is_not_left_in_half(
        self, store: FileEvidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_SIZE", 10)
        ref = store.add("big", b"0123456" + TOKEN, "text/plain")
        assert b"s3c" not in (tmp_path / ref.path).read_bytes()

    def test_that_cannot_be_redacted_is_not_written(self, tmp_path: Path) -> None:
        def broken(_: bytes) -> bytes:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            FileEvidence(tmp_path, tmp_path, broken).add("a", TOKEN, "x")
        assert files(tmp_path) == []


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            *("../../x", "/etc/passwd", "..", ".", "", "a/b\\c", "\x00", "\x1b[31m", "준비"),
            *("x" * 5000, "x" * 5000 + ".json", ".hidden", "a\nb", "C:\\x", "-rf"),
        ],
    )
    def test_never_leave_the_folder(self, store: FileEvidence, tmp_path: Path, name: str) -> None:
        ref = store.add(name, b"x", "text/plain")
        (path,) = files(tmp_path)
        assert path == tmp_path / ref.path
        assert path.parent == tmp_path / "evidence" / "slo"
        assert not path.name.startswith(".")

    @given(st.text())
    def test_any_at_all_can_be_kept(
        self, tmp_path_factory: pytest.TempPathFactory, name: str
    ) -> None:
        base = tmp_path_factory.mktemp("evidence")
        ref = FileEvidence(base, base, bytes).add(name, b"x", name)
        assert files(base) == [base / ref.path]
        assert ref.name.isprintable()
        assert ref.media_type.isprintable()

    def test_a_long_one_keeps_its_suffix(self, store: FileEvidence) -> None:
        assert store.add("x" * 5000 + ".json", b"x", "x").path.endswith(".json")

    def test_used_twice_keep_both(self, store: FileEvidence, tmp_path: Path) -> None:
        refs = [store.add("a.json", str(i), "x") for i in range(3)]
        refs += [
            store.add("a-2.json", "clash", "x"),
            store.add("a", "1", "x"),
            store.add("a", "2", "x"),
        ]
        contents = [(tmp_path / r.path).read_text() for r in refs]
        assert contents == ["0", "1", "2", "clash", "1", "2"]

    def test_different_ones_that_clean_to_the_same_keep_both(
        self, store: FileEvidence, tmp_path: Path
    ) -> None:
        one, two = store.add("a/b", "1", "x"), store.add("a b", "2", "x")
        assert [(tmp_path / r.path).read_text() for r in (one, two)] == ["1", "2"]

    def test_of_a_second_store_in_one_folder_replace_nothing(self, tmp_path: Path) -> None:
        refs = [FileEvidence(tmp_path, tmp_path, bytes).add("a", str(i), "x") for i in range(2)]
        assert [(tmp_path / r.path).read_text() for r in refs] == ["0", "1"]


def test_threads_never_share_a_file(store: FileEvidence, tmp_path: Path) -> None:
    refs = []

    def add(number: int) -> None:
        refs.extend(store.add("same.txt", f"{number}-{i}", "x") for i in range(20))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({r.path for r in refs}) == 160
    for ref in refs:
        assert hashlib.sha256((tmp_path / ref.path).read_bytes()).hexdigest() == ref.sha256


class TestWholeOrAbsent:
    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_a_death_on_the_way_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        def die(*_: object) -> None:
            raise OSError(28, "no space left")

        monkeypatch.setattr(*((os, "fsync", die) if step == "fsync" else (Path, "replace", die)))
        with pytest.raises(OSError, match="no space left"):
            write_atomically(tmp_path / "a.json", b"new")
        assert files(tmp_path) == []

    def test_a_death_on_the_way_keeps_the_old_content(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a.json").write_bytes(b"old")

        def die(_: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(tmp_path / "a.json", b"new")
        assert [p.read_bytes() for p in files(tmp_path)] == [b"old"]

    def test_a_long_name_can_be_written(self, tmp_path: Path) -> None:
        path = tmp_path / ("x" * 250)
        write_atomically(path, b"x")
        assert path.read_bytes() == b"x"

    def test_a_link_is_replaced_and_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "precious").write_bytes(b"precious")
        (tmp_path / "a").symlink_to(tmp_path / "precious")
        write_atomically(tmp_path / "a", b"new")
        assert (tmp_path / "precious").read_bytes() == b"precious"

    @pytest.mark.parametrize("linked", [False, True])
    def test_what_is_no_file_is_written_to_and_stays(self, tmp_path: Path, linked: bool) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        (tmp_path / "link").symlink_to(pipe)
        try:
            write_atomically(tmp_path / "link" if linked else pipe, b"new")
            assert os.read(reader, 10) == b"new"
        finally:
            os.close(reader)
        assert pipe.is_fifo()
        assert (tmp_path / "link").is_symlink()

    def test_the_umask_of_the_user_decides_who_may_read(self, tmp_path: Path) -> None:
        before = os.umask(0o077)
        try:
            write_atomically(tmp_path / "a", b"x")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
