"""Bytes of a file: no more than asked for, and all of them whatever size it claims to have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from golive.sources.yaml import read_source


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 12, 500])
@pytest.mark.parametrize("claimed", [None, 0, 5, 1000])
def test_one_byte_more_than_the_limit_tells_that_it_is_larger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, claimed: int | None
) -> None:
    content = bytes(n % 251 for n in range(length))
    file = tmp_path / "a"
    file.write_bytes(content)
    if claimed is not None:  # As it may be for one that grows, or that the kernel makes up.
        held = list(file.stat())
        held[6] = claimed
        monkeypatch.setattr(Path, "stat", lambda *_, **__: os.stat_result(held))
    assert read_source(file, 10) == content[:11]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    said = "this is a folder or a device, not a file"
    assert read_source(tmp_path, 10) == read_source(tmp_path / "pipe", 10) == said
    assert read_source(tmp_path / "none", 10) == "no such file"
    (tmp_path / "a").touch()
    assert str(read_source(tmp_path / "a" / "b", 10)).startswith("cannot be read: ")
