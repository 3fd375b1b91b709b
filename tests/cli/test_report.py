"""``golive report`` on records that somebody touched."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golive.record import to_data
from tests.reports import factory

Golive = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    return to_data(factory.conditional())


def write(folder: Path, data: dict[str, Any]) -> Path:
    path = folder / "record.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_an_untouched_record_keeps_its_code(
    golive: Golive, tmp_path: Path, record: dict[str, Any]
) -> None:
    done = golive("report", str(write(tmp_path, record)), "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "CONDITIONAL" in done.stdout
    assert golive("report", str(tmp_path / "record.json"), "--strict").returncode == 1


def test_a_check_that_was_cut_out_approves_nothing(
    golive: Golive, tmp_path: Path, record: dict[str, Any]
) -> None:
    gate = next(g for g in record["gates"] if g["checks"])
    gone = gate["checks"].pop()
    gate["expected"] = [i for i in gate["expected"] if i != gone["id"]]
    done = golive("report", str(write(tmp_path, record)), "--lang", "en")
    assert done.returncode == 3
    assert "changed after golive wrote it" in done.stdout


def test_evidence_that_was_changed_is_called_out(
    golive: Golive, tmp_path: Path, record: dict[str, Any]
) -> None:
    ref = next(e for g in record["gates"] for c in g["checks"] for e in c["evidence"])
    file = tmp_path / ref["path"]
    file.parent.mkdir(parents=True)
    file.write_text("something else", encoding="utf-8")
    done = golive("report", str(write(tmp_path, record)), "--lang", "en")
    assert done.returncode == 3
    assert "evidence file" in done.stdout
