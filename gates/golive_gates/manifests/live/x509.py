"""Validity and names of an X.509 certificate, from its DER. Pure.

Reads what RFC 5280 4.1 puts at fixed places and nothing else; no signature is verified and no
key is looked at. Python's standard library only shows these fields of a peer's certificate.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")

_SEQUENCE = 0x30
_OCTETS = 0x04
_OID = 0x06
_VERSION = 0xA0
_EXTENSIONS = 0xA3
_DNS_NAME = 0x82
_UTC_TIME = 0x17
_GENERALIZED_TIME = 0x18
_ALT_NAMES = bytes((0x55, 0x1D, 0x11))


class NotX509(ValueError):
    """The bytes are no certificate that can be read; ``str()`` says where it ends."""


@dataclass(frozen=True, slots=True)
class Validity:
    """When a certificate holds, and for which DNS names."""

    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]


def leaf(pem: bytes) -> Validity:
    """The first certificate of a PEM chain: the one that a server presents. ``NotX509``."""
    found = _PEM.search(pem)
    if found is None:
        raise NotX509("no PEM certificate")
    try:
        der = base64.b64decode(found[1], validate=False)
    except binascii.Error as error:
        raise NotX509("no base64") from error
    return read(der)


def read(der: bytes) -> Validity:
    """Validity and names of a DER certificate. Raises ``NotX509``."""
    certificate = _inside(der, _SEQUENCE)
    fields = _fields(_inside(certificate, _SEQUENCE))
    if fields and fields[0][0] == _VERSION:
        fields = fields[1:]
    # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, ...
    if len(fields) < 6 or fields[3][0] != _SEQUENCE:
        raise NotX509("no validity")
    times = _fields(fields[3][1])
    if len(times) != 2:
        raise NotX509("no validity")
    extensions = next((value for tag, value in fields[6:] if tag == _EXTENSIONS), b"")
    return Validity(_time(*times[0]), _time(*times[1]), _names(extensions))


def _names(extensions: bytes) -> tuple[str, ...]:
    if not extensions:
        return ()
    for tag, extension in _fields(_inside(extensions, _SEQUENCE)):
        parts = _fields(extension) if tag == _SEQUENCE else []
        if not parts or parts[0] != (_OID, _ALT_NAMES):
            continue
        value = next((v for t, v in parts[1:] if t == _OCTETS), b"")
        found = _fields(_inside(value, _SEQUENCE))
        return tuple(v.decode("ascii", "replace") for t, v in found if t == _DNS_NAME)
    return ()


def _time(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii", "replace")
    if tag == _UTC_TIME and len(text) == 13:
        # RFC 5280 4.1.2.5.1: years 50 to 99 are of the twentieth century.
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise NotX509("no time")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise NotX509("no time") from error


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    at = 0
    while at < len(data):
        tag, value, at = _next(data, at)
        found.append((tag, value))
    return found


def _inside(data: bytes, tag: int) -> bytes:
    found, value, _ = _next(data, 0)
    if found != tag:
        msg = f"tag {found:#x} where {tag:#x} was expected"
        raise NotX509(msg)
    return value


def _next(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag and value at *at*, and where the next begins; definite lengths only, as in DER."""
    if at + 2 > len(data):
        raise NotX509("cut off")
    tag, length = data[at], data[at + 1]
    at += 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or at + size > len(data):
            raise NotX509("no length")
        length = int.from_bytes(data[at : at + size])
        at += size
    if at + length > len(data):
        raise NotX509("cut off")
    return tag, data[at : at + length], at + length
