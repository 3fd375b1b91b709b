"""What text a manifest holds where a credential does not belong. Values are never shown.

Readers put a marker in the place of a credential that they recognise; names and forms that only
the place of a value tells (arguments, settings within a file) are looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from golive.sources.credentials import (
    PLACEHOLDER,
    is_masked,
    mask_named,
    names_credential,
)


class Held(StrEnum):
    """What a value is."""

    NOTHING = ""
    CREDENTIAL = "credential"
    PLACEHOLDER = "placeholder"


_MASKED_WHOLE = re.compile(r"<masked: (\d+) characters>")
_LENGTH = " characters>"
_SHORTEST = 4
"""Characters. What is shorter is a number or a mode: ``TOKEN_BUDGET: "100"``."""
_STAND_IN = re.compile(
    r"change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this)|fixme|todo|tbd|<[\w -]+>", re.IGNORECASE
)
_SETTING = re.compile(
    r"""[ \t]*["']?([\w.-]+)["']?[ \t]*[:=]"""
    r"""[ \t]*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'#,;]+))[ \t]*[,;]?[ \t]*""",
)
_NAMES = (
    *("password", "passwd"),
    *(f"{what}{dash}key" for what in ("secret", "api", "access") for dash in ("", "_", "-")),
    *(f"auth{dash}token" for dash in ("", "_", "-")),
)
"""What the name of a setting ends in that holds a credential and nothing about one."""
_LONGEST_LINE = 4096
_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?", re.DOTALL)


def held(name: str, value: object) -> Held:
    """What *value* under *name* is."""
    if not isinstance(value, str) or not value:
        return Held.NOTHING
    # Credentials of a known form were masked when the file was read.
    masked = mask_named(name, value) if names_credential(name) else value
    if not is_masked(masked):
        return Held.PLACEHOLDER if _STAND_IN.fullmatch(value.strip()) else Held.NOTHING
    if PLACEHOLDER in masked and _LENGTH not in masked:
        # Within a longer text it is more likely an example.
        return Held.NOTHING if "\n" in value else Held.PLACEHOLDER
    whole = _MASKED_WHOLE.fullmatch(masked)
    short = whole is not None and int(whole[1]) < _SHORTEST
    return Held.NOTHING if short else Held.CREDENTIAL


def held_in_file(name: str, text: object) -> Held:
    """What the file *text* is or holds in one of its settings; *name* is its name or key."""
    found = held(name, text)
    if found or not isinstance(text, str):
        return found
    lowered = text.lower()
    if not any(name in lowered for name in _NAMES):
        return Held.NOTHING
    for line in text.splitlines():
        setting = _SETTING.fullmatch(line) if len(line) <= _LONGEST_LINE else None
        if setting and setting[1].lower().endswith(_NAMES):
            found = held(setting[1], next(part for part in setting.groups()[1:] if part))
            if found:
                return found
    return Held.NOTHING


def held_in_arguments(arguments: object) -> Iterator[tuple[int, str, Held]]:
    """Places of the arguments that hold a credential, with the flag that it belongs to.

    ``--password=x`` and ``--password x`` are looked at alike.
    """
    expected = ""
    for index, argument in enumerate(arguments if isinstance(arguments, list) else ()):
        if not isinstance(argument, str):
            continue
        flag = _FLAG.fullmatch(argument)
        name = flag[1] if flag else expected
        value = flag[2] if flag else argument
        found = held(name, value) if flag or name else held("", argument)
        if found:
            yield index, name, found
        expected = flag[1] if flag and flag[2] is None and names_credential(flag[1]) else ""
