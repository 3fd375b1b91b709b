"""Secrets by reference, and nothing of them in what leaves the process."""

from __future__ import annotations

import base64
import html
import json
import pickle
import re
import urllib.parse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.secrets import MIN_LENGTH, Redactor, Secret, SecretError, resolve

VALUE = 'p@ss w/ord+"é\\=&한'


def test_a_secret_shows_its_reference_and_never_itself() -> None:
    secret = Secret(VALUE, "env:TOKEN")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>30}", f"{secret!r}", f"{[secret]}"]
    assert all("env:TOKEN" in text and "p@ss" not in text for text in shown)
    assert secret.reveal() == VALUE
    with pytest.raises(TypeError, match="not serialised"):
        pickle.dumps(secret)


def test_environment_and_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abcdefgh-1\n", encoding="utf-8")
    file.chmod(0o600)
    assert resolve("env:T", tmp_path, {"T": "abcdefgh-2"}).reveal() == "abcdefgh-2"
    found = resolve("file:token", tmp_path)
    assert (found.reveal(), found.warnings) == ("abcdefgh-1", ())
    file.chmod(0o640)
    (warning,) = resolve(f"file:{file}", Path("/")).warnings
    assert "chmod 600" in warning


@pytest.mark.parametrize(
    ("reference", "environ", "message"),
    [
        ("env:T", {}, "env:T: this environment variable is not set (export T=...)"),
        ("env:T", {"T": ""}, "env:T: is empty"),
        ("env:T", {"T": "  \n"}, "env:T: is empty"),
        ("env:T", {"T": "planted"}, "env:T: is shorter than 8 characters"),
        ("env:T", {"T": "planted-1\nplanted-2"}, "holds a line break or control character"),
        ("planted-secret", {}, "secret: this is no reference (write env:NAME or file:PATH)"),
        ("planted:secret", {}, "secret: this is no reference"),
        ("env:", {}, "secret: this is no reference"),
        ("file:gone", {}, "file:gone: no such file"),
        ("file:empty", {}, "file:empty: is empty"),
        ("file:folder", {}, "file:folder: this is not a file"),
        ("file:binary", {}, "file:binary: not UTF-8 text"),
        ("file:huge", {}, "file:huge: larger than"),
    ],
)
def test_what_cannot_be_had_says_so_without_the_value(
    tmp_path: Path, reference: str, environ: dict[str, str], message: str
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"planted\xff\xfe")
    (tmp_path / "huge").write_bytes(b"planted" * 20_000)
    with pytest.raises(SecretError) as caught:
        resolve(reference, tmp_path, environ)
    assert str(caught.value).startswith(message) or message in str(caught.value)
    assert "planted" not in str(caught.value)
    assert caught.value.__cause__ is None or "planted" not in str(caught.value.__cause__)


def encodings(value: str) -> list[str]:
    raw = value.encode()
    found = [
        value,
        urllib.parse.quote(value),
        urllib.parse.quote(value, safe=""),
        urllib.parse.quote_plus(value),
        urllib.parse.quote(urllib.parse.quote(value, safe=""), safe=""),
        re.sub("%..", lambda m: m[0].lower(), urllib.parse.quote(value, safe="")),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(value))[3:-3],
        html.escape(value),
        repr(value)[1:-1],
        repr(raw)[2:-1],
    ]
    for prefix in (b"", b"a", b"ab", b"user:"):
        for suffix in (b"", b"z", b"yz"):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                found.append(encode(prefix + raw + suffix).decode())
    return found


printable = st.characters(codec="utf-8").filter(lambda char: ord(char) >= 0x20 and char != "\x7f")


@given(st.text(printable, min_size=MIN_LENGTH))
def test_every_encoding_of_a_secret_is_found(value: str) -> None:
    redact = Redactor([value])
    for encoded in encodings(value):
        found = redact(f"before {encoded} after")
        assert "***" in found
        assert value not in found
        assert encoded not in found


def test_base64_leaves_no_character_that_holds_bits_of_the_secret() -> None:
    value = "0123456789abcdef"
    redact = Redactor([value])
    for prefix, kept in (("", ""), ("u", "d"), ("us", "dX"), ("usr", "dXNy")):
        encoded = base64.b64encode(f"{prefix}{value}".encode()).decode()
        assert redact(encoded).rstrip("=") == f"{kept}***"


def test_text_without_the_secret_is_unchanged() -> None:
    redact = Redactor([VALUE])
    for text in ("", "p@ss w/or", "%70%40ss", "\\" * 5000, base64.b64encode(b"x" * 999).decode()):
        assert redact(text) == text
    assert Redactor([])(VALUE) == VALUE


def test_longer_secrets_go_first_and_all_are_found() -> None:
    redact = Redactor(["abcdefgh", "abcdefgh-ijkl"])
    assert redact("abcdefgh-ijkl abcdefgh") == "*** ***"


def test_bytes_and_nested_data() -> None:
    redact = Redactor(["sécret-value", "12345678"])
    content = b"\xff\xfe " + "sécret-value".encode() + b" \x00"
    assert redact.binary(content) == b"\xff\xfe *** \x00"
    data = {
        "sécret-value": ["x s\\u00e9cret-value", {"n": 12345678, "ok": True, "f": 1.5}],
        "z": None,
    }
    assert redact.data(data) == {"***": ["x ***", {"n": "***", "ok": True, "f": 1.5}], "z": None}


def test_values_too_short_to_be_redacted_are_refused_unnamed() -> None:
    with pytest.raises(ValueError, match="shorter than 8") as caught:
        Redactor(["long enough", "tiny"])
    assert "tiny" not in str(caught.value)
