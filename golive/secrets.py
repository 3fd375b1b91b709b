"""Secrets by reference, and their removal from whatever leaves the process.

A :class:`Secret` shows its reference wherever it is printed; only ``reveal()`` gives the value.
:class:`Redactor` finds values again in text, also quoted, escaped or base64-encoded.
"""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

MIN_LENGTH = 8
"""Shorter values occur in text by chance: redacting them would shred it or be given up."""

_MAX_BYTES = 64 * 1024


class SecretError(ValueError):
    """A secret cannot be had. Names the reference, never the value; ``hint`` says what to do."""

    def __init__(self, reference: str, message: str, hint: str | None = None) -> None:
        self.reference = reference
        self.message = message
        self.hint = hint
        tail = f" ({hint})" if hint else ""
        super().__init__(f"{reference}: {message}{tail}")


class Secret:
    """A value that does not show itself. ``warnings``: what is unsafe about its source."""

    __slots__ = ("_value", "reference", "warnings")

    def __init__(self, value: str, reference: str, warnings: tuple[str, ...] = ()) -> None:
        self._value = value
        self.reference = reference
        self.warnings = warnings

    def reveal(self) -> str:
        """The value itself, for the request that needs it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not serialised"
        raise TypeError(msg)


def resolve(reference: str, base: Path, environ: Mapping[str, str] | None = None) -> Secret:
    """The secret behind ``env:NAME`` or ``file:PATH`` (relative to *base*).

    One line break at the end is cut off. Raises ``SecretError`` when there is nothing, when the
    value is shorter than ``MIN_LENGTH`` or when it holds control characters.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        values = os.environ if environ is None else environ
        if name not in values:
            hint = f"export {name}=..."
            raise SecretError(reference, "this environment variable is not set", hint)
        return _checked(values[name], reference, ())
    if kind == "file" and name:
        value, warnings = _from_file(base / name, reference)
        return _checked(value, reference, warnings)
    # What stands here may be the value itself.
    raise SecretError("secret", "this is no reference", "write env:NAME or file:PATH")


def _from_file(file: Path, reference: str) -> tuple[str, tuple[str, ...]]:
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise SecretError(reference, "this is not a file")
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise SecretError(reference, "no such file", f"expected at {file}") from error
    except OSError as error:
        raise SecretError(reference, f"cannot be read: {error.strerror}") from error
    if len(content) > _MAX_BYTES:
        raise SecretError(reference, f"larger than {_MAX_BYTES} bytes")
    warnings: tuple[str, ...] = ()
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        warnings = (f"{reference} can be read by other users: chmod 600",)
    try:
        return content.decode("utf-8"), warnings
    except UnicodeDecodeError:
        # The original error would carry the bytes.
        raise SecretError(reference, "not UTF-8 text") from None


def _checked(value: str, reference: str, warnings: tuple[str, ...]) -> Secret:
    value = value.removesuffix("\n").removesuffix("\r")
    if not value.strip():
        raise SecretError(reference, "is empty")
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        raise SecretError(reference, "holds a line break or control character")
    if len(value) < MIN_LENGTH:
        message = f"is shorter than {MIN_LENGTH} characters"
        raise SecretError(reference, message, "a value this short cannot be kept out of a report")
    return Secret(value, reference, warnings)


class Redactor:
    r"""Replaces secret values in text, bytes and JSON data by ``***``.

    Found are the value itself; percent-encoded (also twice), backslash-, ``\uXXXX``- and
    ``\xXX``-escaped as in JSON and Python, HTML-escaped, each character on its own, so that any
    mixture is found; and base64, standard and URL-safe, at each of the three alignments, so
    that it is found inside a longer encoded text such as ``user:password``.
    """

    def __init__(self, values: Iterable[str], mask: str = "***") -> None:
        """Raises ``ValueError`` for a value shorter than ``MIN_LENGTH``, without naming it."""
        distinct = sorted(set(values), key=lambda value: (-len(value), value))
        if any(len(value) < MIN_LENGTH for value in distinct):
            msg = f"a secret shorter than {MIN_LENGTH} characters cannot be redacted by value"
            raise ValueError(msg)
        patterns = [p for value in distinct for p in (_escaped(value), *_base64(value))]
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self._mask = mask

    def text(self, text: str) -> str:
        """*text* without the secrets."""
        if self._pattern is None:
            return text
        mask = self._mask
        return self._pattern.sub(lambda _: mask, text)

    __call__ = text

    def binary(self, content: bytes) -> bytes:
        """*content* without the secrets; bytes that are not UTF-8 stay as they are."""
        text = content.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    def data(self, value: object) -> object:
        """JSON-able *value* with the secrets removed from every text and key in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.binary(value)
        if isinstance(value, Mapping):
            return {
                self.text(key) if isinstance(key, str) else key: self.data(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.data(item) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            # A secret of digits may have been read as a number.
            shown = str(value)
            return value if self.text(shown) == shown else self._mask
        return value


_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&(?:#x27|#39|apos);"}


def _escaped(value: str) -> str:
    """Pattern of *value* with each character raw or escaped in any of the usual ways."""
    return "".join(_escaped_char(char) for char in value)


def _escaped_char(char: str) -> str:
    # Bounded, or a long run of backslashes would cost the square of its length.
    forms = [rf"\\{{0,4}}{re.escape(char)}"]
    octets = [_any_case(f"{octet:02x}") for octet in char.encode("utf-8")]
    forms.append("".join(rf"(?:%(?:25)?|\\{{1,4}}x){octet}" for octet in octets))
    units = char.encode("utf-16-be")
    pairs = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
    forms.append("".join(rf"\\{{1,4}}u{_any_case(pair)}" for pair in pairs))
    # Python's repr writes code points, not the octets or units of an encoding.
    if 0x7F < ord(char) <= 0xFF:
        forms.append(rf"\\{{1,4}}x{_any_case(f'{ord(char):02x}')}")
    elif ord(char) > 0xFFFF:
        forms.append(rf"\\{{1,4}}U{_any_case(f'{ord(char):08x}')}")
    if char == " ":
        forms.append(r"\+")
    if char in _HTML:
        forms.append(_HTML[char])
    return f"(?:{'|'.join(forms)})"


def _any_case(digits: str) -> str:
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits)


def _base64(value: str) -> list[str]:
    """Patterns of *value* inside base64 text, for each offset it may have there.

    Characters that hold bits of a neighbour as well vary: they are matched as any character,
    and redacted too, because they hold bits of the secret.
    """
    raw = value.encode("utf-8")
    found = []
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        start = (0, 2, 3)[offset]
        end = len(encoded) - (1 if (offset + len(raw)) % 3 else 0)
        core = "".join(
            {"+": "(?:[+-]|%2[Bb])", "/": r"(?:\\?[/_]|%2[Ff])"}.get(char, char)
            for char in encoded[start:end]
        )
        before = "" if offset == 0 else "[A-Za-z0-9+/_-]"
        after = "[A-Za-z0-9+/_-]" if end < len(encoded) else ""
        found.append(f"{before}{core}{after}")
    return found
