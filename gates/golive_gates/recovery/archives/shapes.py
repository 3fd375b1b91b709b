"""What a file is by its first bytes. Pure."""

from __future__ import annotations

import re

from golive_gates.recovery.backups.records import Shape

HEAD = 512
"""Bytes that tell: those of a tar's first header."""

SQLITE_MAGIC = b"SQLite format 3\x00"
ARCHIVES: frozenset[Shape] = frozenset({"gzip", "xz", "bzip2", "tar", "zip"})
"""What is unpacked."""

PACKED: dict[bytes, str] = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\x1f\x9d": "compress",
    b"LZIP": "lzip",
}
"""First bytes of what is packed in ways that the standard library does not read."""

ENCRYPTED: dict[bytes, str] = {
    b"age-encryption.org/": "age",
    b"-----BEGIN PGP MESSAGE": "PGP",
    b"-----BEGIN AGE ENCRYPTED": "age",
    b"Salted__": "openssl",
    # A session key packet, by password or by public key: RFC 4880, 4.2 and 5.1.
    b"\x8c\x0d\x04": "PGP",
    b"\x85\x01\x0c\x03": "PGP",
    b"\x85\x02\x0c\x03": "PGP",
    b"\x84\x5e\x03": "PGP",
}
_CALLED = (".gpg", ".pgp", ".asc", ".age", ".enc", ".aes", ".crypt")
_SQL = re.compile(
    rb"(?i)(?:\xef\xbb\xbf)?(?:\s|--[^\n]*\n|/\*.{0,400}?\*/)*(?:pragma|begin|create|insert)\s",
    re.DOTALL,
)
_USTAR, _SUM = slice(257, 262), slice(148, 156)


def shape_of_head(head: bytes) -> Shape:
    """The form of a file that begins with *head*: ``HEAD`` bytes, or all that there are."""
    if not head:
        return "empty"
    if head.startswith(SQLITE_MAGIC):
        return "database"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"\xfd7zXZ\x00") or (head[:3] == b"\x5d\0\0" and head[12:13] in b"\0\xff"):
        return "xz"
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if is_tar(head) else "unknown"


def is_tar(head: bytes) -> bool:
    """Whether *head* is a tar's header, by its magic or, of the oldest form, by its checksum."""
    if head[_USTAR] == b"ustar":
        return True
    if len(head) < HEAD or not head[0]:
        return False
    try:
        stated = int(head[_SUM].strip(b" \0"), 8)
    except ValueError:
        return False
    return stated == sum(head) - sum(head[_SUM]) + 8 * ord(" ")


def unread(head: bytes, name: str) -> tuple[str, str] | None:
    """Why the file *name*, which begins with *head*, may be whole and is not read all the same.

    A code and what it is; ``None`` for what has no excuse.
    """
    for code, known in (("archive-packing", PACKED), ("archive-locked", ENCRYPTED)):
        for magic, called in known.items():
            if head.startswith(magic):
                return code, called
    if _SQL.match(head):
        return "archive-dump", "SQL"
    lower = name.lower()
    end = next((e for e in _CALLED if lower.endswith(e)), "")
    return ("archive-locked", f"*{end}") if end else None
