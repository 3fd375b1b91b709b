"""Archives: sound ones are restored, odd ones refused by name, none gets out of its folder."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.recovery.archives.limits import Limits, Refused
from golive_gates.recovery.archives.unpacking import unpack
from golive_gates.recovery.backups.finding import shape_of
from golive_gates.recovery.backups.records import Shape
from golive_gates.recovery.stopping import Stop, Stopped
from tests.gates.recovery import stores
from tests.gates.recovery.stores import judged, statuses
from tests.gates.saying import codes

LIMITS = Limits(total=1 << 20, members=50, free=1 << 16)
Members = dict[str, bytes]


def tarred(members: Members, mode: str = "w", **odd: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in odd.values():
            archive.addfile(info)
    return out.getvalue()


def zipped(members: Members, attributes: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpacked(folder: Path, raw: bytes, limits: Limits = LIMITS) -> Members:
    """What comes out of *raw*, and nothing anywhere else. Raises ``Refused``."""
    archive, into = folder / "archive", folder / "into"
    archive.write_bytes(raw)
    into.mkdir()
    before = set(folder.iterdir())
    try:
        found = unpack(archive, shape_of(archive), into, limits, Stop())
    finally:
        assert set(folder.iterdir()) == before
        assert not any(p.is_symlink() for p in into.rglob("*"))
    return {name: (into / name).read_bytes() for name in found.members}


def refusal(folder: Path, raw: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refused) as error:
        unpacked(folder, raw, limits)
    return error.value.code


def odd(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("pack", [tarred, lambda m: tarred(m, "w:gz"), zipped])
def test_members_come_out_as_they_went_in(tmp_path: Path, pack: Callable[[Members], bytes]) -> None:
    members = {"a/b/데이터.db": b"SQLite" * 9, "./c": b""}
    assert unpacked(tmp_path, pack(members)) == {"a/b/데이터.db": b"SQLite" * 9, "c": b""}


def test_a_gzip_that_is_no_tar_is_one_file(tmp_path: Path) -> None:
    assert unpacked(tmp_path, gzip.compress(b"x" * 5000)) == {"archive": b"x" * 5000}


NAMES = ["../out", "a/../../out", "/etc/out", "a\\..\\out", "C:/out"]


@pytest.mark.parametrize("name", NAMES)
def test_no_member_leads_out(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, tarred({name: b"x"})) == "archive-traversal"


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/out"])
def test_no_member_of_a_zip_leads_out(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, zipped({name: b"x"})) == "archive-traversal"


@pytest.mark.parametrize(
    ("info", "code"),
    [
        (odd("l", tarfile.SYMTYPE, "/etc/passwd"), "archive-link"),
        (odd("l", tarfile.LNKTYPE, "a"), "archive-link"),
        (odd("d", tarfile.CHRTYPE), "archive-device"),
        (odd("d", tarfile.BLKTYPE), "archive-device"),
        (odd("f", tarfile.FIFOTYPE), "archive-device"),
        (odd("../d", tarfile.DIRTYPE), "archive-traversal"),
    ],
)
def test_what_is_no_file(tmp_path: Path, info: tarfile.TarInfo, code: str) -> None:
    assert refusal(tmp_path, tarred({"a": b"x"}, odd=info)) == code


def test_links_in_a_zip(tmp_path: Path) -> None:
    assert refusal(tmp_path, zipped({"l": b"/etc/passwd"}, 0o120777 << 16)) == "archive-link"


@pytest.mark.parametrize("pack", [lambda m: tarred(m, "w:gz"), zipped])
def test_a_bomb(tmp_path: Path, pack: Callable[[Members], bytes]) -> None:
    code = refusal(tmp_path, pack({"bomb": bytes(900_000)}))
    assert code == "archive-bomb"
    assert sum(p.stat().st_size for p in (tmp_path / "into").rglob("*")) <= 900_000


def test_a_bomb_in_gzip(tmp_path: Path) -> None:
    assert refusal(tmp_path, gzip.compress(bytes(50_000_000))) in {
        *("archive-bomb", "archive-too-large"),
    }


def test_a_header_that_swallows_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.pax_headers = {"comment": "x" * 20_000_000}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    assert refusal(tmp_path, out.getvalue()) == "archive-headers"


def test_too_many_members_and_the_same_twice(tmp_path: Path) -> None:
    many = {f"m{n}": b"" for n in range(60)}
    assert refusal(tmp_path, tarred(many)) == "archive-members"
    twice = tarred({"a/b": b"1"})[:1024] + tarred({"a/b": b"2"})
    (tmp_path / "second").mkdir()
    assert refusal(tmp_path / "second", twice) == "archive-twice"


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    assert refusal(tmp_path, tarred({"a": b"1", "a/b": b"2"})) == "archive-twice"


def test_it_stops_when_asked(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    archive.write_bytes(tarred({"a": b"x"}))
    (tmp_path / "into").mkdir()
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopped):
        unpack(archive, "tar", tmp_path / "into", LIMITS, stop)


@given(
    st.sampled_from(["tar", "tgz", "zip"]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    st.integers(0, 4000),
)
def test_no_damage_gets_past(kind: str, flips: list[tuple[int, int]], cut: int) -> None:
    """Whatever is done to an archive, it is unpacked or refused, and stays in its folder."""
    members = {"a/data.db": b"0123456789" * 80, "b.json": b"{}"}
    mode = "w:gz" if kind == "tgz" else "w"
    raw = bytearray(zipped(members) if kind == "zip" else tarred(members, mode))
    for at, value in flips:
        raw[at % len(raw)] = value
    with TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "archive").write_bytes(bytes(raw[: len(raw) - cut]) or b"\0")
        (path / "into").mkdir()
        shape: Shape = "zip" if kind == "zip" else "tar" if kind == "tar" else "gzip"
        with suppress(Refused):
            unpack(path / "archive", shape, path / "into", LIMITS, Stop())
        assert {p.name for p in path.iterdir()} == {"archive", "into"}


def pack_history(folder: Path, kind: str) -> None:
    for made in stores.history(folder):
        raw = made.file.read_bytes()
        members = {"var/live.db": raw}
        packed = {
            "gz": lambda raw=raw: gzip.compress(raw),
            "tar.gz": lambda members=members: tarred(members, "w:gz"),
            "zip": lambda members=members: zipped(members),
        }[kind]()
        target = made.file.with_name(f"{made.file.stem}.db.{kind}")
        target.write_bytes(packed)
        made.file.unlink()
        # The digest stays that of the database inside.
        stores.rewritten(made, file=target.name)


@pytest.mark.parametrize("kind", ["gz", "tar.gz", "zip"])
def test_packed_backups_are_restored(tmp_path: Path, kind: str) -> None:
    pack_history(tmp_path, kind)
    assert statuses(stores.seen(tmp_path)) == {}


def test_a_refused_archive_is_the_one_failure(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    made.file.write_bytes(tarred({"../live.db": b"x"}))
    observation = stores.seen(tmp_path)
    found = statuses(observation)
    assert [n for n, s in found.items() if s == "fail"] == ["sqlite-restores"]
    assert codes(judged("sqlite-restores", observation)) == ["archive-traversal"]


def test_an_archive_of_two_databases(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    raw = made.file.read_bytes()
    made.file.write_bytes(tarred({"a.db": raw, "b.db": raw}))
    assert codes(judged("sqlite-restores", stores.seen(tmp_path))) == ["archive-which"]
