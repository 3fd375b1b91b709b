"""Whatever is done to a database file, the verification ends, and no changed content passes it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from golive_gates.recovery.sqlite.faults import UNDECIDED, faults
from golive_gates.recovery.sqlite.proving import prove
from golive_gates.recovery.sqlite.records import Expected, Proof
from golive_gates.recovery.sqlite.wal import frames_held
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import stores


@cache
def sound() -> tuple[bytes, Proof]:
    """A database of several pages, with what is seen of it."""
    with TemporaryDirectory() as folder:
        path = stores.make_live(Path(folder) / "x.db", 120, wal=False)
        return path.read_bytes(), prove(path, Stop())


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 200_000), st.binary(min_size=1, max_size=8)), max_size=8),
    st.one_of(st.none(), st.integers(0, 60_000)),
)
@example([(18, b"\x02\x02")], None)
@example([(28, b"\xff\xff\xff\xff")], None)
@example([(100, b"\x05")], None)
def test_no_changed_content_passes(changes: list[tuple[int, bytes]], cut: int | None) -> None:
    raw, whole = sound()
    changed = bytearray(raw)
    for at, piece in changes:
        begin = at % len(changed)
        changed[begin : begin + len(piece)] = piece[: len(changed) - begin]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        path.write_bytes(bytes(changed if cut is None else changed[: len(changed) - cut]))
        proof = prove(path, Stop())
    expected = Expected("manifest", tables=whole.tables)
    found = faults(proof, expected, None, 0.0, 1.0)
    if not found and proof.problem not in UNDECIDED:
        assert dict(proof.tables) == dict(whole.tables)
        assert (proof.integrity, proof.foreign_keys) == ((), ())


@given(st.binary(max_size=4_000))
def test_no_log_is_too_odd(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.db-wal"
        path.write_bytes(b"\x37\x7f\x06\x82" + raw)
        assert 0 <= frames_held(path, Stop()) <= len(raw) // 24
