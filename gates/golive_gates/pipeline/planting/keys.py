"""Made-up keys in the forms that providers use. They are valid nowhere and written down nowhere.

Forms as of the rules ``openai-api-key``, ``anthropic-api-key``, ``aws-access-token`` and
``github-pat`` of gitleaks 8.30; GitHub's ends in a CRC-32 of what is before it
(https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).
"""

from __future__ import annotations

import string
import zlib
from collections.abc import Callable
from typing import Literal

Choice = Callable[[str], str]
"""One character of a text, each as likely: ``secrets.choice``."""
Kind = Literal["openai", "anthropic", "aws", "github"]
KINDS: tuple[Kind, ...] = ("openai", "anthropic", "aws", "github")

_WORD = string.ascii_letters + string.digits
_URL_SAFE = f"{_WORD}-_"
_BASE32 = f"{string.ascii_uppercase}234567"
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX = {"openai": "sk-proj", "anthropic": "sk-ant-api03", "aws": "AKIA", "github": "ghp"}
# Written in two parts, so that no scanner takes this file for one that holds a key.
_OPENAI_MARK = "T3Blbk" + "FJ"


def made_up(kind: Kind, choice: Choice) -> str:
    """A new key of that *kind*."""
    prefix = _PREFIX[kind]
    if kind == "openai":
        return f"{prefix}-{_half(choice)}{_OPENAI_MARK}{_half(choice)}"
    if kind == "anthropic":
        return f"{prefix}-{_random(choice, _URL_SAFE, 93)}AA"
    if kind == "aws":
        return f"{prefix}{_varied(choice, _BASE32, 16)}"
    body = _varied(choice, _WORD, 30)
    return f"{prefix}_{body}{_base62(zlib.crc32(body.encode()))}"


def _half(choice: Choice) -> str:
    """Not ending in a dash, behind which no word ends."""
    return _random(choice, _URL_SAFE, 73) + choice(_WORD)


def _random(choice: Choice, alphabet: str, length: int) -> str:
    return "".join(choice(alphabet) for _ in range(length))


def _varied(choice: Choice, alphabet: str, length: int) -> str:
    """Random, and with enough different characters for a rule that wants entropy of 3 bits."""
    while len(set(text := _random(choice, alphabet, length))) < length * 2 // 3:
        pass
    return text


def _base62(number: int) -> str:
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits
