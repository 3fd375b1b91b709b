"""Text as its format can hold it: JSON by lines, no lone surrogates, nothing illegal in XML."""

from __future__ import annotations

import json
import re

# XML 1.0, production [2] Char: everything else is illegal, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def json_text(data: object, depth: int) -> str:
    """*data* as JSON, broken into lines down to *depth* containers.

    The encoder of the standard library that indents is written in Python, and takes several times
    as long as judging does when there are many findings. Lone surrogates are replaced: no file
    can hold them.
    """
    return _writable(_lined(data, depth)) + "\n"


def _lined(data: object, depth: int) -> str:
    if depth and isinstance(data, dict) and data:
        pairs = (f"{_dumped(key)}: {_lined(value, depth - 1)}" for key, value in data.items())
        return "{\n" + ",\n".join(pairs) + "\n}"
    if depth and isinstance(data, list) and data:
        return "[\n" + ",\n".join(_lined(item, depth - 1) for item in data) + "\n]"
    return _dumped(data)


def _dumped(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _writable(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def legal(text: str) -> str:
    """*text* with what XML 1.0 cannot hold replaced, lone surrogates included."""
    return _ILLEGAL.sub("\ufffd", text)
