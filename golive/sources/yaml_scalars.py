"""What an unquoted YAML scalar means, and where YAML readers disagree about it.

The rules are the core schema of YAML 1.2.2 (section 10.3.2). YAML 1.1 readers, PyYAML among
them, also take ``on`` for true, ``010`` for 8 and ``60:00`` for 3600; a file whose meaning
depends on its reader is refused or read as its own consumer reads it, see :class:`Dialect`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import StrEnum

Plain = str | int | float | bool | None


class Dialect(StrEnum):
    """Whose reading of ambiguous scalars applies.

    ``STRICT`` (golive's own files): what readers disagree about is refused. ``CORE`` (GitHub
    workflows): YAML 1.2, a leading zero is decimal. ``GO`` (Kubernetes, Prometheus): as the Go
    YAML packages read untyped data: ``yes/no/on/off`` are booleans, ``0644`` is octal. ``GITLAB``
    (its pipelines): the same of Ruby's reader, and ``!reference [a, b]`` is the list
    ``["!reference", a, b]``.
    """

    STRICT = "strict"
    CORE = "core"
    GO = "go"
    GITLAB = "gitlab"


class ScalarProblem(ValueError):
    """The scalar is refused; ``hint`` says how to write what was probably meant."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_WORDS_11 = {
    spelling: meaning
    for word, meaning in (
        ("yes", True),
        ("on", True),
        ("y", True),
        ("no", False),
        ("off", False),
        ("n", False),
    )
    for spelling in (word, word.capitalize(), word.upper())
}
_USUAL_TAGS = frozenset(
    ("Ref", "Sub", "GetAtt", "Join", "env", "ENV", "include", "reference", "secret", "vault")
)
"""Of CloudFormation, Home Assistant, GitLab: to be named where they are refused."""
_KEYWORDS: dict[Dialect, dict[str, bool | None]] = {
    dialect: {
        **dict.fromkeys(_NULL),
        **(
            {k: v for k, v in _WORDS_11.items() if len(k) > 1}
            if dialect in (Dialect.GO, Dialect.GITLAB)
            else {}
        ),
        **_BOOL,
    }
    for dialect in Dialect
}
_INT = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[1-9][0-9]{0,17}|0")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_BINARY_11 = re.compile(r"[-+]?0b[01]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_OCTAL_11 = re.compile(r"[-+]?0[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INF_NAN = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_SEXAGESIMAL_11 = re.compile(
    r"[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*"
)
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?")
# Wider numbers are mistakes, and reading them costs time quadratic in their length.
_MAX_NUMBER_LENGTH = 64


def resolve(text: str, dialect: Dialect = Dialect.STRICT) -> Plain:
    """Value of the unquoted scalar *text*. Raises ``ScalarProblem`` when it is refused.

    ``3.10`` is the number 3.1 to every reader; the caller keeps *text* to tell the difference.
    """
    keywords = _KEYWORDS[dialect]
    if text in keywords:
        return keywords[text]
    if text[0] not in "+-.0123456789":
        return text
    return resolve_number(text, dialect)


def words(dialect: Dialect) -> Mapping[str, bool | None]:
    """The unquoted words that are no text to *dialect*, and what they mean."""
    return _KEYWORDS[dialect]


def resolve_tagged(tag: str, text: str, dialect: Dialect) -> Plain:
    """Value of *text* under the core schema's *tag*, as ``int``. Raises ``ScalarProblem``."""
    kinds: dict[str, tuple[type, ...]] = {
        "int": (int,),
        "float": (int, float),
        "bool": (bool,),
        "null": (type(None),),
    }
    if tag not in kinds:
        msg = f"tag {shown_tag(tag)} is not supported"
        raise ScalarProblem(msg, "write a plain value")
    value = resolve(text, dialect)
    if not isinstance(value, kinds[tag]) or (isinstance(value, bool) and tag != "bool"):
        msg = f"{text!r:.60} is no {tag}"
        raise ScalarProblem(msg)
    return float(value) if tag == "float" and isinstance(value, int | float) else value


def shown_tag(tag: str) -> str:
    """*tag* as a message shows it: never one that may be a password in want of quotes."""
    if not tag.startswith("!"):
        return f"!!{tag[:60]}"
    return tag if tag[1:] in _USUAL_TAGS else "!..."


def resolve_number(text: str, dialect: Dialect) -> Plain:
    """Value of *text*, which begins with a digit, a sign or a dot. Raises ``ScalarProblem``."""
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _INF_NAN.fullmatch(text):
        msg = f"{text} is not a finite number"
        raise ScalarProblem(msg, "write a number, or quote it if it is text")
    if _SEXAGESIMAL.fullmatch(text) and dialect is Dialect.STRICT:
        msg = f"{text} is a base-60 number to some YAML readers and text to others"
        raise ScalarProblem(msg, f'write a duration such as 60m, or quote it: "{text}"')
    if not (_INT.fullmatch(text) or _RADIX.fullmatch(text) or _FLOAT.fullmatch(text)):
        return text
    if len(text) > _MAX_NUMBER_LENGTH:
        msg = f"a number of {len(text)} characters is refused"
        raise ScalarProblem(msg, "quote it if it is text")
    if _LEADING_ZERO.fullmatch(text):
        return _leading_zero(text, dialect)
    if _INT.fullmatch(text):
        return int(text)
    if _RADIX.fullmatch(text):
        return int(text, 0)
    value = float(text)
    if math.isinf(value):
        msg = f"{text} is too large a number"
        raise ScalarProblem(msg, "quote it if it is text")
    return value


def _leading_zero(text: str, dialect: Dialect) -> Plain:
    octal = _OCTAL_11.fullmatch(text) is not None
    if dialect in (Dialect.GO, Dialect.GITLAB):
        return int(text, 8) if octal else float(text)
    if dialect is Dialect.CORE:
        return int(text)
    reading = f"{int(text, 8)} (octal) to some" if octal else "text to some"
    msg = f"{text} is {reading} YAML readers and {int(text)} to others"
    raise ScalarProblem(msg, f'write {int(text)}, or quote it: "{text}"')


def reads_as_yaml11(text: str) -> str | None:
    """What a YAML 1.1 reader makes of the unquoted *text*: ``bool``, ``int``, ``float``, ``null``.

    ``None``: text to it as well. For checks on files whose real reader is such a one: an
    annotation ``off`` or ``3600`` without quotes is not text.
    """
    if text in _NULL:
        return "null"
    if text in _BOOL or (text in _WORDS_11 and len(text) > 1):
        return "bool"
    digits = text.replace("_", "")
    if _INT.fullmatch(digits) and text[:1] != "_":
        return "int"
    if _RADIX.fullmatch(text) or _BINARY_11.fullmatch(text):
        return "int"
    if _SEXAGESIMAL_11.fullmatch(text):
        return "float" if "." in text else "int"
    if _FLOAT.fullmatch(text) or _INF_NAN.fullmatch(text) or _UNDERSCORED.fullmatch(text):
        return "float"
    return None
