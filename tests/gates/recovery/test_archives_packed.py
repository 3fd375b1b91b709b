"""Archives in every form that the standard library reads, and within each other."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from golive_gates.recovery.archives import streams
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, judged
from tests.gates.recovery.test_archives import refusal, tarred, unpacked, zipped
from tests.gates.saying import codes

Pack = Callable[[bytes], bytes]


def legacy(raw: bytes) -> bytes:
    return lzma.compress(raw, format=lzma.FORMAT_ALONE)


def oldest(raw: bytes) -> bytes:
    """A tar from before there was a magic."""
    made = bytearray(tarred({"live.db": raw}))
    made[257:512] = bytes(255)
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made[:512])
    return bytes(made)


def backed_up(folder: Path, pack: Pack, name: str = "live-{}.packed") -> Path:
    live = stores.make_live(folder / "live.db", wal=False)
    stamp = (NOW - timedelta(minutes=5)).strftime("%Y%m%dT%H%M%SZ")
    target = folder / "backups" / name.format(stamp)
    target.parent.mkdir()
    target.write_bytes(pack(live.read_bytes()))
    return target


@pytest.mark.parametrize(
    "pack",
    [
        *(lzma.compress, legacy, bz2.compress, oldest),
        lambda raw: tarred({"a/live.db": raw}, "w:xz"),
        lambda raw: tarred({"a/live.db": raw}, "w:bz2"),
        lambda raw: tarred({"live.db.gz": gzip.compress(raw)}, "w:gz"),
        lambda raw: gzip.compress(gzip.compress(raw)),
        lambda raw: zipped({"live.tar": tarred({"live.db": raw})}),
    ],
)
def test_what_is_unpacked(tmp_path: Path, pack: Pack) -> None:
    backed_up(tmp_path, pack)
    observation = stores.seen(tmp_path)
    assert judged("sqlite-restores", observation).status.value == "pass"
    assert judged("sqlite-content", observation).status.value == "pass"


def test_a_name_that_no_member_may_have(tmp_path: Path) -> None:
    backed_up(tmp_path, gzip.compress, "live\n\\{}.db.gz")
    assert judged("sqlite-restores", stores.seen(tmp_path)).status.value == "pass"


def test_archives_without_end(tmp_path: Path) -> None:
    def pack(raw: bytes) -> bytes:
        for _ in range(4):
            raw = gzip.compress(raw)
        return raw

    backed_up(tmp_path, pack)
    result = judged("sqlite-restores", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == ("inconclusive", ["archive-nested"])


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress, gzip.compress])
def test_streams_one_after_the_other(tmp_path: Path, pack: Pack) -> None:
    raw = pack(b"a" * 5000) + pack(b"b" * 5000) + bytes(8)
    if pack is bz2.compress:
        raw = raw[:-8]
    assert unpacked(tmp_path, raw) == {"archive": b"a" * 5000 + b"b" * 5000}


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress])
def test_streams_that_are_cut_off_or_damaged(tmp_path: Path, pack: Pack) -> None:
    raw = pack(bytes(range(256)) * 40)
    for number, damaged in enumerate((raw[:-20], raw[:40] + b"x" * 20 + raw[60:], raw + b"more")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert refusal(folder, damaged) == "archive-broken"


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress])
def test_bombs(tmp_path: Path, pack: Pack) -> None:
    assert refusal(tmp_path, pack(bytes(900_000))) == "archive-bomb"


def test_a_stream_that_asks_for_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MEMORY", 1 << 16)
    assert refusal(tmp_path, lzma.compress(b"x" * 5000)) == "archive-packing"


def test_a_member_with_holes(tmp_path: Path) -> None:
    """As ``tar -S`` packs a file whose middle was never written."""
    info = tarfile.TarInfo("holes")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[386:410] = b"%011o\0%011o\0" % (8192, 512)
    head[483:495] = b"%011o\0" % 8704
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    raw = bytes(head) + b"x" * 512 + bytes(1024)
    assert unpacked(tmp_path, raw) == {"holes": bytes(8192) + b"x" * 512}


def test_a_member_that_is_encrypted_is_named(tmp_path: Path) -> None:
    def pack(raw: bytes) -> bytes:
        made = bytearray(zipped({"live.db": raw}))
        made[6] |= 1
        made[made.rfind(b"PK\x01\x02") + 8] |= 1
        return bytes(made)

    backed_up(tmp_path, pack)
    (found,) = judged("sqlite-restores", stores.seen(tmp_path)).findings
    assert (found.reason.code, found.reason.params["detail"]) == ("archive-locked", "live.db")


def test_two_databases_of_one_name(tmp_path: Path) -> None:
    backed_up(tmp_path, lambda raw: tarred({"a/live.db": raw, "b/live.db": raw}))
    result = judged("sqlite-restores", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == ("inconclusive", ["archive-which"])
    assert result.findings[0].reason.params["detail"] == "a/live.db, b/live.db"


def test_what_is_no_database_is_shown(tmp_path: Path) -> None:
    backed_up(tmp_path, lambda _: b"neither this nor that")
    (found,) = judged("sqlite-restores", stores.seen(tmp_path)).findings
    assert (found.reason.code, found.reason.params["detail"]) == (
        *("not-a-database", f"0x{b'neither this nor'.hex()}"),
    )
